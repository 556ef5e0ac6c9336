namespace MnistML.Common;

/// <summary>
/// Moves finished files to their names. On Windows a file that another program holds open can't be replaced, and virus scanners, indexers
/// and synchronisation hold files for moments, so that the move is tried again before it fails.
/// </summary>
internal static class FileMove
{
    /// <summary>Together a second and a half, several times what a scanner takes for a file.</summary>
    private static readonly int[] MillisecondsBetweenTries = [50, 100, 200, 400, 800];

    /// <summary>
    /// What .NET's exceptions have for HResult on Windows where a file is held open: a sharing or lock violation, a mapped file, and what
    /// ReplaceFile says of either of its files.
    /// </summary>
    private static readonly int[] HeldOpen =
    [
        unchecked((int)0x80070020), unchecked((int)0x80070021), unchecked((int)0x800704C8),
        unchecked((int)0x80070497), unchecked((int)0x80070498), unchecked((int)0x80070499),
    ];

    /// <summary>Moves a file to a name, and replaces the file of that name.</summary>
    /// <exception cref="IOException">Another program holds one of them open; the message names the file and what holds it.</exception>
    public static void Replace(string temporaryPath, string path) =>
        Try(path, () => File.Move(temporaryPath, path, overwrite: true), Thread.Sleep);

    /// <summary>The same, and keeps the replaced file under a third name.</summary>
    public static void Replace(string temporaryPath, string path, string oldPath) =>
        Try(path, () => File.Replace(temporaryPath, path, oldPath), Thread.Sleep);

    /// <summary>Tries a move until it succeeds, or fails for another reason, or was tried often enough.</summary>
    /// <param name="path">The file's name, for the message.</param>
    /// <param name="move">Moves it.</param>
    /// <param name="wait">Waits for some milliseconds.</param>
    internal static void Try(string path, Action move, Action<int> wait)
    {
        foreach (var milliseconds in MillisecondsBetweenTries)
        {
            try
            {
                move();
                return;
            }
            catch (Exception error) when (IsHeldOpen(error, path))
            {
                wait(milliseconds);
            }
        }

        try
        {
            move();
        }
        catch (Exception error) when (IsHeldOpen(error, path))
        {
            throw new IOException(
                $"'{path}' can't be replaced, since another program holds it open: a virus scanner, a backup or synchronisation program, a "
                + "viewer, or another process that reads it. Close it there and try again, or choose another name.",
                error);
        }
    }

    /// <summary>Where it replaces an open file, Windows says that access is denied, as it does where the file is read-only.</summary>
    private static bool IsHeldOpen(Exception error, string path) => error switch
    {
        IOException => HeldOpen.Contains(error.HResult),
        UnauthorizedAccessException => OperatingSystem.IsWindows() && File.Exists(path)
            && !File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly),
        _ => false,
    };
}
