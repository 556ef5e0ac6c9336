using System.Buffers.Binary;
using System.IO.Compression;
using MnistML.Common;
using MnistML.Images;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Images;

/// <summary>Files as they come: damaged, mislabelled, hostile, turned.</summary>
internal sealed class PictureDecoderTests
{
    private static IEnumerable<TestCaseData> Refused()
    {
        var jpeg = Drawn.Text("5", asJpeg: true);
        var png = Drawn.Text("5");
        yield return Case(
            "a JPEG cut short", jpeg[..(jpeg.Length / 2)],
            "it is incomplete, since its file ends before its last row; copy or download it again");
        yield return Case(
            "a PNG cut short", png[..(png.Length / 2)],
            "it is incomplete, since its file ends before its last row; copy or download it again");
        yield return Case("nothing", [], "the file is empty; PNG, JPEG, GIF, BMP and WebP pictures can be read");
        yield return Case("text", "a digit"u8.ToArray(), "it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can");
        yield return Case(
            "HEIC", [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8],
            "it is a HEIC file, which can't be read; PNG, JPEG, GIF, BMP and WebP pictures can, so save it as one of these");
        yield return Case(
            "TIFF", [.. "II*\0"u8, 8, 0, 0, 0, 0, 0],
            "it is a TIFF file, which can't be read; PNG, JPEG, GIF, BMP and WebP pictures can, so save it as one of these");
        yield return Case(
            "a PNG without pixels", OneBitPng(0, 0),
            "it begins as a PNG picture but is damaged, or has no pixels; copy or save it again");
        yield return Case(
            "a bomb", OneBitPng(30_000, 30_000),
            "it has 30,000 × 30,000 pixels, but at most 40,000,000 are allowed in files other than JPEG and WebP; "
            + "make it smaller");
        yield return Case(
            "a strip", OneBitPng(30_000, 2),
            "it has 30,000 × 2 pixels, but a side may be at most 50 times as long as the other; cut it");

        yield return Case(
            "a JPEG that claims to be huge", WithJpegSize(jpeg, 65_000),
            "it has 65,000 × 65,000 pixels, but at most 250,000,000 are allowed; make it smaller");
        yield return Case(
            "a GIF that claims to be huge",
            [.. "GIF89a"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0x2C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 2, 2, 0x4C, 1, 0, 0x3B],
            "it has 65,535 × 65,535 pixels, but at most 40,000,000 are allowed in files other than JPEG and WebP; make it smaller");
        yield return Case(
            "a BMP that claims to be huge",
            [
                .. "BM"u8, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 0x30, 0x75, 0, 0, 0x30, 0x75, 0, 0, 1, 0, 24, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255,
            ],
            "it has 30,000 × 30,000 pixels, but at most 40,000,000 are allowed in files other than JPEG and WebP; make it smaller");

        static TestCaseData Case(string name, byte[] file, string message) => new TestCaseData(file, message).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Refused))]
    public void Read_OfABadFile_SaysWhatIsWrong(byte[] file, string message)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => new DigitReader().Read(new MemoryStream(file)));

        Assert.That(refusal.Message, Is.EqualTo(message));
    }

    /// <summary>Damage may show as other ink. It never ends in another error, a crash or a hang.</summary>
    [Test]
    public void Read_OfADamagedFile_ReadsOrRefusesIt(
        [Values(SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp)] SKEncodedImageFormat format)
    {
        const int FileCount = 150;
        var whole = Encoded(format);
        var random = new SplitMix64((ulong)format);
        var refused = 0;
        for (var i = 0; i < FileCount; i++)
        {
            var file = whole[..(i % 3 == 0 ? random.NextBelow(whole.Length) : whole.Length)];
            for (var bytes = random.NextBelow(8); bytes > 0 && file.Length > 0; bytes--)
            {
                file[random.NextBelow(file.Length)] = (byte)random.NextBelow(256);
            }

            try
            {
                Assert.That(new DigitReader().Read(new MemoryStream(file)).Width, Is.GreaterThan(0));
            }
            catch (InvalidDataException refusal)
            {
                refused++;
                Assert.That(refusal.Message, Does.Not.Contain('\n').And.Length.InRange(20, 200));
            }
        }

        Assert.That(refused, Is.InRange(FileCount / 5, FileCount));
    }

    [Test]
    public void Read_OfMoreBytesThanAllowed_NamesTheLimit()
    {
        var reader = new DigitReader(new DigitReaderOptions { MaxFileBytes = 1_000 });

        var refusal = Assert.Throws<InvalidDataException>(() => reader.Read(new MemoryStream(Drawn.Text("5"))));

        Assert.That(
            refusal.Message, Is.EqualTo("the file has more than 1,000 bytes, which is the limit; make the picture smaller"));
    }

    [Test]
    public void Constructor_OfALimitThatIsNotPositive_Throws() => Assert.Throws<ArgumentOutOfRangeException>(
        () => _ = new DigitReader(new DigitReaderOptions { MaxSideRatio = 0 }));

    [Test]
    public void Read_OfAPngWithAnOrientation_TurnsItUpright()
    {
        var upright = new DigitReader().Read(new MemoryStream(Drawn.Text("5"))).Digits.Single();
        var lying = Drawn.Turned(Drawn.Text("5"));
        var picture = new DigitReader().Read(new MemoryStream(WithExif(AsPng(lying), orientation: 8)));

        Assert.That((picture.Width, picture.Height), Is.EqualTo((200, 200)));
        Assert.That(
            upright.ToFeatures().Zip(picture.Digits.Single().ToFeatures(), (one, other) => Math.Abs(one - other)).Sum(),
            Is.LessThan(0.1 * upright.ToFeatures().Sum()));
    }

    /// <summary>Boxes are in pixels of the picture itself, although it was reduced while it was decoded.</summary>
    [Test]
    public void Read_OfALargeJpeg_GivesTheBoxInItsOwnPixels()
    {
        var picture = new DigitReader().Read(
            new MemoryStream(Drawn.Text("5", width: 4_000, height: 3_000, size: 1_200, x: 0.75f, asJpeg: true)));

        Assert.That((picture.Width, picture.Height), Is.EqualTo((4_000, 3_000)));
        var box = picture.Digits.Single().Box;
        Assert.That(box.Left + (box.Width / 2), Is.EqualTo(3_000).Within(20));
        Assert.That(box.Top + (box.Height / 2), Is.EqualTo(1_500).Within(20));
    }

    private static byte[] AsPng(byte[] file) => Encoded(SKEncodedImageFormat.Png, file);

    private static byte[] Encoded(SKEncodedImageFormat format, byte[]? file = null)
    {
        using var picture = SKBitmap.Decode(file ?? Drawn.Text("5"));
        using var encoded = picture.Encode(format, quality: 90);
        return encoded.ToArray();
    }

    /// <summary>Changes the height and the width in the frame header, which a baseline JPEG has behind FF C0 (ITU-T T.81, B.2.2).</summary>
    private static byte[] WithJpegSize(byte[] jpeg, ushort side)
    {
        byte[] changed = [.. jpeg];
        var sizes = changed.AsSpan(changed.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 5);
        BinaryPrimitives.WriteUInt16BigEndian(sizes, side);
        BinaryPrimitives.WriteUInt16BigEndian(sizes[2..], side);
        return changed;
    }

    /// <summary>Puts a chunk eXIf behind the header.</summary>
    private static byte[] WithExif(byte[] png, byte orientation)
    {
        const int HeaderEnd = 33;
        byte[] tiff = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        return [.. png[..HeaderEnd], .. Chunk("eXIf"u8, tiff), .. png[HeaderEnd..]];
    }

    /// <summary>White pixels of one bit each: a few bytes for each million.</summary>
    private static byte[] OneBitPng(int width, int height)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + ((width + 7) / 8)];
            for (var y = 0; y < height; y++)
            {
                zlib.Write(row);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        byte[] signature = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A];
        return [.. signature, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] body = [.. type, .. content];
        var (length, checksum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32(body));
        return [.. length, .. body, .. checksum];
    }

    /// <summary>The checksum of PNG's chunks, bit by bit.</summary>
    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
