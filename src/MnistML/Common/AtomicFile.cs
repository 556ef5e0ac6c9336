namespace MnistML.Common;

/// <summary>Files that appear under their name only when they are complete.</summary>
internal static class AtomicFile
{
    /// <summary>Contents may come in pieces as small as one image.</summary>
    private const int BufferByteCount = 1 << 16;

    /// <summary>
    /// Writes a file, which replaces an existing one. The content goes into a temporary file beside it, is flushed to the disk, and is
    /// moved to the name last. If anything fails, the temporary file is deleted and an existing file stays as it was.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ThrowIfFolder(path);
        var temporaryPath = TemporaryPathFor(path);
        try
        {
            using (var stream = Create(path, temporaryPath))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            FileMove.Replace(temporaryPath, path);
        }
        finally
        {
            File.Delete(temporaryPath);
        }
    }

    /// <summary>Creates the temporary file of a file, for writing and reading.</summary>
    /// <exception cref="IOException">It cannot be created; the message names the file, not the temporary one.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of permission.</exception>
    public static FileStream Create(string path, string temporaryPath)
    {
        try
        {
            return new FileStream(temporaryPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferByteCount);
        }
        catch (UnauthorizedAccessException refusal)
        {
            throw new UnauthorizedAccessException(
                $"'{path}' can't be written, since you may not write into its folder: change its permissions, or choose another folder.",
                refusal);
        }
        catch (FileNotFoundException refusal)
        {
            throw new IOException(
                $"'{path}' can't be written, since the system makes no file in its folder: choose another folder.", refusal);
        }
    }

    /// <summary>A name beside a file that no other file has, whoever else writes there.</summary>
    public static string TemporaryPathFor(string path) => $"{path}.{Guid.NewGuid():N}.tmp";

    /// <summary>Refuses a path that no file can be written to.</summary>
    /// <exception cref="IOException">The path is a folder's, or its folder does not exist.</exception>
    public static void ThrowIfFolder(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a folder, but a file is to be written: name a file.");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"'{path}' can't be written, since the folder '{folder}' does not exist: create it first.");
        }
    }
}
