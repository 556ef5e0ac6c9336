namespace MnistML.Samples.Data;

/// <summary>
/// Files that another program holds open, so that Windows does not let them be replaced. Virus scanners and synchronisation hold a file for
/// moments only, so that it is tried again.
/// </summary>
internal static class HeldFile
{
    private static readonly int[] MillisecondsBetweenTries = [50, 100, 200, 400, 800];

    /// <summary>A sharing violation, a lock violation, a mapped file.</summary>
    private static readonly int[] Codes = [unchecked((int)0x80070020), unchecked((int)0x80070021), unchecked((int)0x800704C8)];

    /// <summary>Whether an exception says so of a file. Windows also denies access where it would replace one that is open.</summary>
    public static bool Is(Exception exception, string path) => exception is UnauthorizedAccessException
        ? OperatingSystem.IsWindows() && File.Exists(path) && !File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly)
        : Codes.Contains(exception.HResult);

    /// <summary>Moves a file to a name, and replaces the file of that name.</summary>
    /// <param name="move">Moves it.</param>
    /// <param name="path">The name.</param>
    /// <param name="wait">Waits for some milliseconds.</param>
    public static void Replace(Action move, string path, Action<int> wait)
    {
        foreach (var milliseconds in MillisecondsBetweenTries)
        {
            try
            {
                move();
                return;
            }
            catch (Exception exception) when (Is(exception, path))
            {
                wait(milliseconds);
            }
        }

        move();
    }
}
