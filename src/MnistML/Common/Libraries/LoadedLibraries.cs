using System.Diagnostics;

namespace MnistML.Common.Libraries;

/// <summary>The native libraries that are in this process.</summary>
internal static class LoadedLibraries
{
    private const string Maps = "/proc/self/maps";

    /// <summary>The path of a loaded library whose file name begins with a name; null if there is none.</summary>
    public static string? Find(string name) =>
        Paths().FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, Comparison));

    /// <summary>The paths of those of some libraries that were loaded from elsewhere than the application's folders.</summary>
    public static string[] FindFromElsewhere(IReadOnlyList<string> names, IReadOnlyList<string> folders) =>
        Elsewhere(Paths(), names, folders);

    /// <inheritdoc cref="FindFromElsewhere"/>
    /// <param name="paths">The paths of all libraries in the process.</param>
    /// <param name="names">The names of the libraries in question.</param>
    /// <param name="folders">The application's folders.</param>
    internal static string[] Elsewhere(IEnumerable<string> paths, IReadOnlyList<string> names, IReadOnlyList<string> folders) =>
    [
        .. paths.Where(path => names.Any(name => Path.GetFileName(path).StartsWith(name, Comparison)))
            .Where(path => !folders.Any(folder => string.Equals(folder, Path.GetDirectoryName(path), Comparison)))
            .Distinct(),
    ];

    private static StringComparison Comparison =>
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static IEnumerable<string> Paths() => File.Exists(Maps)
        ? File.ReadLines(Maps).Where(line => line.Contains('/')).Select(line => line[line.IndexOf('/')..])
        : Modules();

    private static IEnumerable<string> Modules()
    {
        using var process = Process.GetCurrentProcess();
        return [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName)];
    }
}
