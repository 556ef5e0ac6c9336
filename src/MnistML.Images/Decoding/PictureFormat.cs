using System.Text;

namespace MnistML.Images.Decoding;

/// <summary>What a file is, by its first bytes.</summary>
internal static class PictureFormat
{
    private const string Readable = "PNG, JPEG, GIF, BMP and WebP pictures can";

    /// <summary>Four bytes at an offset, and what has them there.</summary>
    private static readonly (int Offset, string Bytes, string Name, bool CanBeRead)[] Signatures =
    [
        (0, "\u0089PNG", "PNG", true), (0, "\u00FF\u00D8\u00FF", "JPEG", true), (0, "GIF8", "GIF", true), (0, "BM", "BMP", true),
        (8, "WEBP", "WebP", true), (8, "heic", "HEIC", false), (8, "heix", "HEIC", false), (8, "heim", "HEIC", false),
        (8, "heis", "HEIC", false), (8, "hevc", "HEIC", false), (8, "hevx", "HEIC", false), (8, "mif1", "HEIF", false),
        (8, "msf1", "HEIF", false), (8, "avif", "AVIF", false), (8, "avis", "AVIF", false), (0, "II*\0", "TIFF", false),
        (0, "MM\0*", "TIFF", false), (0, "%PDF", "PDF", false), (0, "8BPS", "Photoshop", false), (4, "JXL ", "JPEG XL", false),
        (0, "\u00FF\u000A", "JPEG XL", false), (0, "<svg", "SVG", false), (4, "jP  ", "JPEG 2000", false),
    ];

    /// <summary>Why a file that could not be opened is none that can be read.</summary>
    public static string Refusal(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            return $"the file is empty; {Readable} be read";
        }

        foreach (var (offset, bytes, name, canBeRead) in Signatures)
        {
            if (file.Length > offset && file[offset..].StartsWith(Encoding.Latin1.GetBytes(bytes)))
            {
                return canBeRead
                    ? $"it begins as a {name} picture but is damaged, or has no pixels; copy or save it again"
                    : $"it is a {name} file, which can't be read; {Readable}, so save it as one of these";
            }
        }

        return "it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can";
    }
}
