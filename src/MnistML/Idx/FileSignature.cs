namespace MnistML.Idx;

/// <summary>Recognises files that are not IDX by their first bytes, and says what to do about them.</summary>
internal static class FileSignature
{
    private const string FetchAgain = "fetch it again, from another address if that does not help";

    /// <summary>The first bytes of gzip files (RFC 1952).</summary>
    public static ReadOnlySpan<byte> Gzip => [0x1F, 0x8B];

    /// <summary>The first bytes of zip archives (PKWARE's application note).</summary>
    public static ReadOnlySpan<byte> Zip => "PK"u8;

    /// <summary>The first bytes of files that are mistaken for IDX.</summary>
    private static readonly (byte[] Start, string Is)[] Kinds =
    [
        (Gzip.ToArray(), "is gzipped twice: unpack it once"),
        (Zip.ToArray(), "is a zip archive: unpack it, and take the IDX file that is in it"),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X'], "is packed by xz: unpack it"),
        ("BZh"u8.ToArray(), "is packed by bzip2: unpack it"),
        ([0x28, 0xB5, 0x2F, 0xFD], "is packed by zstd: unpack it"),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF], "is a 7z archive: unpack it, and take the IDX file that is in it"),
        ([0x93, (byte)'N', (byte)'U', (byte)'M'], "is a NumPy array: save it as IDX"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "is a PNG picture, but IDX files hold many images without compression: convert it"),
        ([0xFF, 0xD8, 0xFF], "is a JPEG picture, but IDX files hold many images without compression: convert it"),
        ("vers"u8.ToArray(), $"is a text, perhaps Git LFS's place-holder: {FetchAgain}"),
    ];

    /// <summary>The end of a sentence that begins with the file's name.</summary>
    /// <param name="start">The first bytes, at most 4.</param>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
        {
            return $"is empty, but an IDX file was expected: {FetchAgain}.";
        }

        foreach (var (kind, description) in Kinds)
        {
            if (start.StartsWith(kind))
            {
                return $"{description}.";
            }
        }

        if (IsMarkup(start))
        {
            return $"is a web page, not an IDX file: {FetchAgain}.";
        }

        var found = Convert.ToHexString(start);
        return start is [not 0, not 0, 0, 0]
            ? $"has its bytes in reverse order: it begins with {found}, but IDX is big-endian; write it again with the high byte first."
            : $"is not an IDX file: it begins with {found}, but an IDX file begins with 0000, an element type from 08 to 0E, "
              + "and the number of dimensions "
              + "(00000803 for MNIST's images, 00000801 for its labels).";
    }

    /// <summary>Whether the text is HTML or XML: a tag, perhaps after white space or a UTF-8 byte order mark.</summary>
    private static bool IsMarkup(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var text = start.StartsWith(byteOrderMark) ? start[byteOrderMark.Length..] : start.TrimStart(" \t\r\n"u8);
        return text is [(byte)'<', ..];
    }
}
