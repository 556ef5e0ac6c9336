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
    public static IEnumerable<string> Documents =>
        new[] { "README.md" }.Concat(FilesIn(["src", ".github", "tests", "samples"], "*.md")).Order(StringComparer.Ordinal);

    /// <summary>All sources in C#, by their paths from the repository's folder on.</summary>
    public static IEnumerable<string> Sources =>
        FilesIn(["src", "samples", "tests", "build", ".ci"], "*.cs").Order(StringComparer.Ordinal);

    public static string PathOf(string path) => Path.Combine(Folder, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>The files of some folders, without those that a build writes.</summary>
    private static IEnumerable<string> FilesIn(string[] folders, string pattern) => folders
        .Select(PathOf)
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"));
}
