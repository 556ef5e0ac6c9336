namespace MnistML.Samples.Pictures;

/// <summary>The pictures that an argument names: a file, a pattern, or all pictures in a folder.</summary>
internal static class PicturePaths
{
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg"];

    /// <summary>The files that an argument stands for, in the order of their names.</summary>
    /// <exception cref="ArgumentException">It names no file.</exception>
    public static IReadOnlyList<string> Expand(string argument)
    {
        if (File.Exists(argument))
        {
            return [argument];
        }

        if (Directory.Exists(argument))
        {
            return OrThrow(
                Directory.EnumerateFiles(argument).Where(
                    path => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)),
                $"{argument}: the folder holds no .png, .jpg or .jpeg file");
        }

        // Shells expand patterns, but not those in quotation marks, and not on Windows.
        var (folder, pattern) = (Path.GetDirectoryName(argument) ?? "", Path.GetFileName(argument));
        if (pattern.AsSpan().ContainsAny('*', '?'))
        {
            return OrThrow(
                Directory.Exists(folder.Length == 0 ? "." : folder)
                    ? Directory.EnumerateFiles(folder.Length == 0 ? "." : folder, pattern).Select(
                        path => Path.Combine(folder, Path.GetFileName(path)))
                    : [],
                $"{argument}: no file matches the pattern");
        }

        throw new ArgumentException($"{argument}: there is no such file or folder");
    }

    private static string[] OrThrow(IEnumerable<string> paths, string message)
    {
        string[] found = [.. paths.Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new ArgumentException(message);
    }
}
