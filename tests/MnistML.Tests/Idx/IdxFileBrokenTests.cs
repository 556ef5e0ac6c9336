using System.Text;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

/// <summary>What people meet: each broken file gives one sentence that says what to do.</summary>
public sealed class IdxFileBrokenTests
{
    private const string Expected =
        "but an IDX file begins with 0000, an element type from 08 to 0E, and the number of dimensions "
        + "(00000803 for MNIST's images, 00000801 for its labels).";

    private const string FetchAgain = "fetch it again, from another address if that does not help.";
    private const string Convert = "picture, but IDX files hold many images without compression: convert it.";

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    private static IEnumerable<TestCaseData> BrokenContents()
    {
        var whole = IdxBytes.FiveImages;
        return
        [
            Case("Empty", [], $"is empty, but an IDX file was expected: {FetchAgain}"),
            Case("Html", Encoding.ASCII.GetBytes("<!DOCTYPE html>"), $"is a web page, not an IDX file: {FetchAgain}"),
            Case("HtmlAfterWhiteSpace", Encoding.ASCII.GetBytes("\r\n <html>"), $"is a web page, not an IDX file: {FetchAgain}"),
            Case("HtmlAfterUtf8Mark", Encoding.UTF8.GetBytes("\uFEFF<html>"), $"is a web page, not an IDX file: {FetchAgain}"),
            Case("Zip", [(byte)'P', (byte)'K', 3, 4, 20, 0], "is a zip archive: unpack it, and take the IDX file that is in it."),
            Case("Xz", [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "is packed by xz: unpack it."),
            Case("Bzip2", [(byte)'B', (byte)'Z', (byte)'h', (byte)'9'], "is packed by bzip2: unpack it."),
            Case("Zstd", [0x28, 0xB5, 0x2F, 0xFD, 0], "is packed by zstd: unpack it."),
            Case("SevenZip", [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27], "is a 7z archive: unpack it, and take the IDX file that is in it."),
            Case("NumPy", [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], "is a NumPy array: save it as IDX."),
            Case("Png", [0x89, (byte)'P', (byte)'N', (byte)'G'], $"is a PNG {Convert}"),
            Case("Jpeg", [0xFF, 0xD8, 0xFF, 0xE0], $"is a JPEG {Convert}"),
            Case("GitLfs", Encoding.ASCII.GetBytes("version https://git-lfs"), $"is a text, perhaps Git LFS's place-holder: {FetchAgain}"),
            Case(
                "LittleEndian", [3, 8, 0, 0, 5, 0, 0, 0],
                "has its bytes in reverse order: it begins with 03080000, but IDX is big-endian; write it again with the high byte first."),
            Case("SecondByteNotZero", [0, 1, .. whole[2..]], $"is not an IDX file: it begins with 00010803, {Expected}"),
            Case("UnknownElementType", [0, 0, 0x0A, .. whole[3..]], $"is not an IDX file: it begins with 00000A03, {Expected}"),
            Case("MagicCut", whole[..3], $"is not an IDX file: it begins with 000008, {Expected}"),
            Case("NoDimensions", [0, 0, 0x08, 0, 1], "has 0 dimensions, but 1 to 8 were expected."),
            Case("NineDimensions", IdxBytes.Of(0x08, [1, 1, 1, 1, 1, 1, 1, 1, 1], 7), "has 9 dimensions, but 1 to 8 were expected."),
            Case("HeaderCut", whole[..15], "ends within its header: 3 dimensions take 16 bytes, but it holds 15; fetch or write it again."),
            Case("HeaderCutAfterMagic", whole[..4], "ends within its header: 3 dimensions take 16 bytes, but it holds 4; "
                + "fetch or write it again."),
            Case(
                "LastElementMissing", whole[..^1],
                "is cut short: UInt8 5×2×3 takes 30 bytes after the header, but it holds 29; fetch or write it again."),
            Case("NoElements", whole[..16], "is cut short: UInt8 5×2×3 takes 30 bytes after the header, but it holds 0; "
                + "fetch or write it again."),
            Case(
                "OneByteTooMany", [.. whole, 0],
                "continues after its last element: UInt8 5×2×3 takes 30 bytes after the header, but it holds more; "
                + "fetch or write it again."),
            Case(
                "NegativeLength", [0, 0, 0x08, 2, 0, 0, 0, 5, 0xFF, 0xFF, 0xFF, 0xFE, 1],
                "has a damaged header: dimension 2 of 2 is -2, but can't be below 0; fetch or write it again."),
            Case(
                "TwoToThe65Bytes",
                [0, 0, 0x0E, 3, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 2],
                "has a damaged header: Double 2147483647×2147483647×2 would take more than 2⁶³ bytes; fetch or write it again."),
        ];

        static TestCaseData Case(string name, byte[] bytes, string message) => new TestCaseData(bytes, message).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(BrokenContents))]
    public void Read_RawBroken_SaysWhatWasFound(byte[] bytes, string message)
    {
        var path = _folder.Write("broken.gz", bytes);

        AssertInvalid(() => IdxFile.Read(path), $"'{path}' {message}");
    }

    [TestCaseSource(nameof(BrokenContents))]
    public void Read_BrokenWithinGzip_SaysTheSame(byte[] bytes, string message)
    {
        var path = _folder.Write("broken", IdxBytes.Gzip(bytes));

        AssertInvalid(() => IdxFile.Read(path), $"'{path}' {message}");
    }

    [TestCaseSource(nameof(BrokenContents))]
    public void Read_BrokenStream_SaysTheSame(byte[] bytes, string message) =>
        AssertInvalid(() => IdxFile.Read(new MemoryStream(bytes), "camera"), $"'camera' {message}");

    [Test]
    public void Read_GzippedTwice_SaysSo()
    {
        var path = _folder.Write("twice.gz", IdxBytes.Gzip(IdxBytes.Gzip(IdxBytes.FiveImages)));

        AssertInvalid(() => IdxFile.Read(path), $"'{path}' is gzipped twice: unpack it once.");
    }

    [Test]
    public void Read_RawPromisesFourGigabytes_AllocatesNothingOfThem()
    {
        var path = _folder.Write("promise", FourGigabytesPromised);

        var allocated = AllocatedBy(() => AssertInvalid(
            () => IdxFile.Read(path),
            $"'{path}' is cut short: UInt8 65536×256×256 takes 4294967296 bytes after the header, but it holds 4; "
            + "fetch or write it again."));

        Assert.That(allocated, Is.LessThan(1_000_000));
    }

    [Test]
    public void Read_GzipPromisesFourGigabytes_AllocatesNothingOfThem()
    {
        var path = _folder.Write("promise.gz", IdxBytes.Gzip(FourGigabytesPromised));

        var allocated = AllocatedBy(() => AssertInvalid(
            () => IdxFile.Read(path, maxUnpackedBytes: long.MaxValue),
            $"'{path}' is cut short: UInt8 65536×256×256 takes 4294967296 bytes after the header, but so small a gzip file can't hold "
            + "them; fetch it again."));

        Assert.That(allocated, Is.LessThan(1_000_000));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Read_StreamPromisesFourGigabytes_AllocatesAMegabyteOfThem(bool gzip)
    {
        var stream = new MemoryStream(gzip ? IdxBytes.Gzip(FourGigabytesPromised) : FourGigabytesPromised);

        var allocated = AllocatedBy(() => AssertInvalid(
            () => IdxFile.Read(stream, "camera", maxUnpackedBytes: long.MaxValue),
            "'camera' is cut short: UInt8 65536×256×256 takes 4294967296 bytes after the header, but it holds 4; "
            + "fetch or write it again."));

        Assert.That(allocated, Is.LessThan(2_000_000));
    }

    /// <summary>A gzip file of a few kilobytes can unpack to megabytes: how many are wanted is the caller's to say.</summary>
    [Test]
    public void Read_GzipUnpacksToMoreThanIsWanted_SaysWhatToDo()
    {
        var path = _folder.Write("bomb.gz", IdxBytes.Gzip([0, 0, 0x08, 2, 0, 1, 0, 0, 0, 0, 0, 100, .. new byte[6_553_600]]));

        AssertInvalid(
            () => IdxFile.Read(path, maxUnpackedBytes: 6_553_599),
            $"'{path}' unpacks to UInt8 65536×100, 6553600 bytes, but at most 6553599 are held in memory: "
            + "unpack it to a raw file, which is read from disk, or raise the limit.");
        Assert.That(IdxFile.Read(path, maxUnpackedBytes: 6_553_600).Header.ItemCount, Is.EqualTo(65536));
    }

    private static byte[] FourGigabytesPromised => [0, 0, 0x08, 3, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 9, 9, 9, 9];

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void AssertInvalid(Action read, string message) =>
        Assert.That(() => read(), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
}
