namespace MnistML.Tests.Support;

/// <summary>A new folder, deleted with all that is in it at the end of a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("test-of-mnistml-");

    public string Path => _folder.FullName;

    /// <summary>What is in the folder, files and folders, by name.</summary>
    public IReadOnlyList<string> Names => [.. _folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, and gives its path.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
