using MnistML.Common;

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
        return UserCache.GetDirectory(datasetName);
    }
}
