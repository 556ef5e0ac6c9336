using System.Reflection;

namespace MnistML.Tests.Support;

/// <summary>The files that this repository keeps.</summary>
internal static class Repository
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(
            attribute => attribute.Key == "SourceFolder").Value!,
        "..", ".."));

    /// <summary>All documents in Markdown, by their paths from the repository's folder on.</summary>
    public static IEnumerable<string> Documents => new[] { "README.md" }
        .Concat(new[] { "src", ".github", "tests", "samples" }
            .Select(PathOf).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj")))
        .Order(StringComparer.Ordinal);

    public static string PathOf(string path) => Path.Combine(Folder, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));
}
