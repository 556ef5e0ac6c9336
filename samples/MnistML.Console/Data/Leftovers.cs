using System.Collections.Concurrent;

namespace MnistML.Samples.Data;

/// <summary>
/// Files and folders that a command is to delete before it ends; a process that is ended at once deletes them by this list.
/// </summary>
internal static class Leftovers
{
    private static readonly ConcurrentDictionary<string, byte> Paths = new();

    /// <summary>A file or folder that is to go; disposing deletes it, if it is there.</summary>
    public static IDisposable Own(string path)
    {
        Paths[path] = 0;
        return new Owner(path);
    }

    public static void Delete()
    {
        foreach (var path in Paths.Keys)
        {
            try
            {
                Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Whoever is still writing there has the last word.
            }
        }
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.Delete(path);
    }

    private sealed class Owner(string path) : IDisposable
    {
        public void Dispose()
        {
            Delete(path);
            Paths.TryRemove(path, out _);
        }
    }
}
