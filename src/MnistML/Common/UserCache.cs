namespace MnistML.Common;

/// <summary>Where files are kept for a user that can be made or fetched again.</summary>
internal static class UserCache
{
    /// <summary>
    /// A folder, whether it exists or not: below <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c> on Linux, <c>~/Library/Caches</c> on macOS, and
    /// the local application data on Windows, in <c>mnistml</c>.
    /// </summary>
    public static string GetDirectory(string name) => Path.Combine(GetRoot(), "mnistml", name);

    private static string GetRoot()
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Caches");
        }

        // The XDG Base Directory Specification says that a relative path is to be ignored.
        var xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.IsPathFullyQualified(xdg ?? "") ? xdg! : Path.Combine(home, ".cache");
    }
}
