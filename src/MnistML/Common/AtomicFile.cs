namespace MnistML.Common;

/// <summary>Files that appear under their name only when they are complete.</summary>
internal static class AtomicFile
{
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
            using (var stream = new FileStream(temporaryPath, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporaryPath, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporaryPath);
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
