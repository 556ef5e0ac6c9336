using System.IO.Compression;

namespace MnistML.Tests.Support;

/// <summary>IDX files put together byte by byte, independently of the library's writer.</summary>
internal static class IdxBytes
{
    private const byte UInt8 = 0x08;

    /// <summary>5 images of 2×3 whose 30 bytes are all different; the smallest is 0, the largest 255.</summary>
    public static byte[] FivePixelBytes => [.. Enumerable.Range(0, 30).Select(i => (byte)(i == 29 ? 255 : i * 7))];

    public static byte[] FiveImages => Of(UInt8, [5, 2, 3], FivePixelBytes);

    /// <summary>The labels 2, 0, 3, 0, 1.</summary>
    public static byte[] FiveLabels => Labels(2, 0, 3, 0, 1);

    public static byte[] Labels(params byte[] labels) => Of(UInt8, [labels.Length], labels);

    /// <summary>A file of that element type, with dimensions below 256 each, and elements as given.</summary>
    public static byte[] Of(byte elementType, int[] dimensions, params byte[] elements) =>
        [
            0,
            0,
            elementType,
            (byte)dimensions.Length,
            .. dimensions.SelectMany(length => (byte[])[0, 0, 0, checked((byte)length)]),
            .. elements,
        ];

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
