using SkiaSharp;

namespace MnistML.Samples.Pictures;

/// <summary>The pictures that an argument names: a file, a pattern, or all pictures in a folder.</summary>
internal static class PicturePaths
{
    /// <summary>A file so named is meant to be a picture, even if it is a broken one.</summary>
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"];

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
                Directory.EnumerateFiles(argument).Where(IsPicture),
                $"{argument}: the folder holds no picture; PNG, JPEG, GIF, BMP and WebP files are");
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

    /// <summary>By its name or by its content, since a file that is named need not have any ending either.</summary>
    private static bool IsPicture(string path)
    {
        if (Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        using var codec = SKCodec.Create(path);
        return codec is not null;
    }

    private static string[] OrThrow(IEnumerable<string> paths, string message)
    {
        string[] found = [.. paths.Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new ArgumentException(message);
    }
}
