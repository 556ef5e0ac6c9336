using System.Collections.Concurrent;

namespace MnistML.Samples.Data;

/// <summary>
/// Files and folders that a command deletes before it ends. A process that must end at once deletes them from this list.
/// </summary>
internal static class Leftovers
{
    private static readonly ConcurrentDictionary<string, byte> Paths = new();

    /// <summary>Registers a file or folder to delete; disposing deletes it if it exists.</summary>
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
                // A thread that is still writing there may keep the file.
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
