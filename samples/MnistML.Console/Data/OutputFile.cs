namespace MnistML.Samples.Data;

/// <summary>
/// Files that commands write: checked before the work, so that none is in vain, and whole when they appear. What goes wrong is said in
/// words of this program: what, where, and what to do.
/// </summary>
internal static class OutputFile
{
    private const string Devices = "/dev/";
    private const string SharedMemory = "/dev/shm/";
    private const int PieceByteCount = 1 << 16;

    /// <summary>Elsewhere than on Linux two names that differ by case are one file's.</summary>
    private static readonly StringComparer FileNames =
        OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    /// <summary>Checks that a file can be written, if need be into a new folder.</summary>
    /// <param name="option">The option that names it, for the message.</param>
    /// <param name="path">The file.</param>
    /// <param name="example">A name that the option might have, for the message.</param>
    /// <param name="byteCount">How large it will be, if that is known.</param>
    /// <exception cref="ArgumentException">The path can't be a file's.</exception>
    /// <exception cref="IOException">A file can't be written there.</exception>
    public static void EnsureWritable(string option, string path, string example, long byteCount = 0)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new ArgumentException($"{option} is empty, but must name a file, for example {example}.");
        }

        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new ArgumentException(
                $"{option} is '{path}', a folder, but must name a file, for example '{Path.Combine(path, example)}'.");
        }

        if (IsDevice(path))
        {
            throw new ArgumentException($"{option} is '{path}', a device, but must name a file, for example {example}.");
        }

        Try($"{option} is '{path}', but it can't be written", path, () => WriteTrial(path, byteCount));
    }

    /// <summary>Checks that files can be written into a folder, if need be a new one.</summary>
    /// <inheritdoc cref="EnsureWritable" path="/exception"/>
    public static void EnsureFolderWritable(string option, string folder, string example)
    {
        if (string.IsNullOrWhiteSpace(folder))
        {
            throw new ArgumentException($"{option} is empty, but must name a folder, for example {example}.");
        }

        if (File.Exists(folder))
        {
            throw new ArgumentException($"{option} is '{folder}', a file, but must name a folder, for example {example}.");
        }

        var trial = Path.Combine(folder, example);
        Try($"{option} is '{folder}', but nothing can be written there", trial, () => WriteTrial(trial, byteCount: 0));
    }

    /// <summary>Refuses two options that name one file, of which one would replace the other.</summary>
    /// <exception cref="ArgumentException">Two do.</exception>
    public static void EnsureDifferent(params (string Option, string? Path)[] files)
    {
        var same = files.Where(file => !string.IsNullOrWhiteSpace(file.Path))
            .GroupBy(file => Path.GetFullPath(file.Path!), FileNames)
            .FirstOrDefault(group => group.Count() > 1);
        if (same is not null)
        {
            throw new ArgumentException(
                $"{string.Join(" and ", same.Select(file => file.Option))} both name '{same.First().Path}', but must name different "
                + "files.");
        }
    }

    /// <summary>Writes a file, which appears under its name only when it is whole; its folder is made.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes it under the name that it is given.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Write(string path, Action<string> write) => Try($"'{path}' can't be written", path, () =>
    {
        var temporaryPath = TemporaryPathFor(path);
        Directory.CreateDirectory(FolderOf(path));
        using var temporary = Leftovers.Own(temporaryPath);
        write(temporaryPath);
        HeldFile.Replace(() => File.Move(temporaryPath, path, overwrite: true), path, Thread.Sleep);
    });

    /// <summary>Whether a path is that of a device, such as <c>/dev/stdout</c>, which a file must not replace.</summary>
    public static bool IsDevice(string path) => !OperatingSystem.IsWindows()
        && Path.GetFullPath(path).StartsWith(Devices, StringComparison.Ordinal)
        && !Path.GetFullPath(path).StartsWith(SharedMemory, StringComparison.Ordinal);

    /// <summary>
    /// Writes as many bytes as the file will have, since a disk says only then that it is full, and deletes them again, with the folders
    /// that had to be made for them.
    /// </summary>
    private static void WriteTrial(string path, long byteCount)
    {
        string[] newFolders = [.. DiskError.FoldersOf(path).TakeWhile(folder => !Directory.Exists(folder))];
        try
        {
            Directory.CreateDirectory(FolderOf(path));
            using var trial = new FileStream(
                TemporaryPathFor(path), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            var piece = new byte[PieceByteCount];
            for (var left = byteCount; left > 0; left -= piece.Length)
            {
                trial.Write(piece, 0, (int)Math.Min(left, piece.Length));
            }
        }
        finally
        {
            foreach (var folder in newFolders.Where(Directory.Exists))
            {
                Directory.Delete(folder);
            }
        }
    }

    private static void Try(string mistake, string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{mistake}: {DiskError.Describe(exception, path)}. Choose another place.", exception);
        }
    }

    private static string TemporaryPathFor(string path) => $"{path}.{Guid.NewGuid():N}.tmp";

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
