using System.Buffers.Binary;
using SkiaSharp;

namespace MnistML.Images.Decoding;

/// <summary>
/// How the camera was held, from the chunk eXIf of a PNG file (PNG, third edition, 11.3.3.4), which Skia leaves aside. The chunk holds a
/// TIFF directory, in which the tag 0x0112 has the orientation.
/// </summary>
internal static class PngOrientation
{
    private const int SignatureLength = 8;
    private const int ChunkOverhead = 12; // length, type, checksum
    private const int TiffHeaderLength = 8;
    private const int EntryLength = 12;
    private const ushort OrientationTag = 0x0112;
    private const int ValueOffset = 8;

    /// <summary>The orientation; <see cref="SKEncodedOrigin.Default"/> if the file has none.</summary>
    public static SKEncodedOrigin Of(ReadOnlySpan<byte> file)
    {
        for (long at = SignatureLength; at + ChunkOverhead <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[(int)at..]);
            if (at + ChunkOverhead + length > file.Length)
            {
                break;
            }

            if (file.Slice((int)at + 4, 4).SequenceEqual("eXIf"u8))
            {
                return OfTiff(file.Slice((int)at + 8, (int)length));
            }

            at += ChunkOverhead + length;
        }

        return SKEncodedOrigin.Default;
    }

    private static SKEncodedOrigin OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < TiffHeaderLength || !(tiff.StartsWith("II"u8) || tiff.StartsWith("MM"u8)))
        {
            return SKEncodedOrigin.Default;
        }

        var isLittle = tiff[0] == 'I';
        var directory = Number(tiff, 4, isLittle, isLong: true);
        if (directory + 2 > tiff.Length)
        {
            return SKEncodedOrigin.Default;
        }

        var count = Number(tiff, (int)directory, isLittle, isLong: false);
        for (var i = 0; i < count; i++)
        {
            var entry = directory + 2 + ((long)i * EntryLength);
            if (entry + EntryLength > tiff.Length)
            {
                break;
            }

            if (Number(tiff, (int)entry, isLittle, isLong: false) == OrientationTag)
            {
                var value = Number(tiff, (int)entry + ValueOffset, isLittle, isLong: false);
                return Enum.IsDefined((SKEncodedOrigin)value) ? (SKEncodedOrigin)value : SKEncodedOrigin.Default;
            }
        }

        return SKEncodedOrigin.Default;
    }

    private static long Number(ReadOnlySpan<byte> tiff, int at, bool isLittle, bool isLong) => (isLittle, isLong) switch
    {
        (true, true) => BinaryPrimitives.ReadUInt32LittleEndian(tiff[at..]),
        (false, true) => BinaryPrimitives.ReadUInt32BigEndian(tiff[at..]),
        (true, false) => BinaryPrimitives.ReadUInt16LittleEndian(tiff[at..]),
        _ => BinaryPrimitives.ReadUInt16BigEndian(tiff[at..]),
    };
}
