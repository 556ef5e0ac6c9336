namespace MnistML.Datasets;

/// <summary>Where data sets are kept for a user, so that each is fetched once.</summary>
public static class DatasetCache
{
    /// <summary>
    /// The folder of a data set, whether it exists or not: below <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c> on Linux,
    /// <c>~/Library/Caches</c> on macOS, and the local application data on Windows, in <c>mnistml</c>.
    /// </summary>
    /// <param name="datasetName">The data set's name in lower case, for example <c>mnist</c>.</param>
    public static string GetDirectory(string datasetName)
    {
        ArgumentException.ThrowIfNullOrEmpty(datasetName);
        return Path.Combine(GetUserCache(), "mnistml", datasetName);
    }

    private static string GetUserCache()
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
