using System.Text;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

public sealed class IdxFileBrokenTests
{
    private const string Expected =
        "but an IDX file begins with 0000, an element type from 08 to 0E, and the number of dimensions "
        + "(00000803 for MNIST's images, 00000801 for its labels).";

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    private static IEnumerable<TestCaseData> BrokenContents()
    {
        var whole = IdxBytes.FiveImages;
        return
        [
            Case("Empty", [], "'{0}' is empty, but an IDX file was expected."),
            Case("Html", Encoding.ASCII.GetBytes("<!DOCTYPE html>"), $"'{{0}}' is not an IDX file: it begins with 3C21444F, {Expected}"),
            Case("SecondByteNotZero", [0, 1, .. whole[2..]], $"'{{0}}' is not an IDX file: it begins with 00010803, {Expected}"),
            Case("UnknownElementType", [0, 0, 0x0A, .. whole[3..]], $"'{{0}}' is not an IDX file: it begins with 00000A03, {Expected}"),
            Case("MagicCut", whole[..3], $"'{{0}}' is not an IDX file: it begins with 000008, {Expected}"),
            Case("NoDimensions", [0, 0, 0x08, 0, 1], "'{0}' has 0 dimensions, but 1 to 8 were expected."),
            Case("NineDimensions", IdxBytes.Of(0x08, [1, 1, 1, 1, 1, 1, 1, 1, 1], 7), "'{0}' has 9 dimensions, but 1 to 8 were expected."),
            Case("HeaderCut", whole[..15], "'{0}' ends within its header: 3 dimensions take 16 bytes, but it holds 15."),
            Case("HeaderCutAfterMagic", whole[..4], "'{0}' ends within its header: 3 dimensions take 16 bytes, but it holds 4."),
            Case("LastElementMissing", whole[..^1], "'{0}' is cut short: UInt8 5×2×3 takes 30 bytes after the header, but it holds 29."),
            Case("NoElements", whole[..16], "'{0}' is cut short: UInt8 5×2×3 takes 30 bytes after the header, but it holds {1}."),
            Case("OneByteTooMany", [.. whole, 0], "'{0}' goes on after its last element: UInt8 5×2×3 takes 30 bytes after the header."),
            Case(
                "TwoToThe66Bytes",
                [0, 0, 0x0E, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
                "'{0}' can't be what its header says: Double 4294967295×4294967295 would take more than 2⁶³ bytes."),
        ];

        static TestCaseData Case(string name, byte[] bytes, string message) => new TestCaseData(bytes, message).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(BrokenContents))]
    public void Read_RawBroken_SaysWhatWasFound(byte[] bytes, string message)
    {
        var path = _folder.Write("broken", bytes);

        AssertInvalid(path, string.Format(null, message, path, "fewer bytes than that"));
    }

    [TestCaseSource(nameof(BrokenContents))]
    public void Read_BrokenWithinGzip_SaysTheSame(byte[] bytes, string message)
    {
        var path = _folder.Write("broken.gz", IdxBytes.Gzip(bytes));

        AssertInvalid(path, string.Format(null, message, path, "0"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Read_HeaderPromisesFourGigabytes_AllocatesNothingOfThem(bool gzip)
    {
        byte[] bytes = [0, 0, 0x08, 3, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 9, 9, 9, 9];
        var path = _folder.Write("promise", gzip ? IdxBytes.Gzip(bytes) : bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertInvalid(
            path,
            $"'{path}' is cut short: UInt8 65536×256×256 takes 4294967296 bytes after the header, but it holds fewer bytes than that.");

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    private static void AssertInvalid(string path, string message) =>
        Assert.That(() => IdxFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
}
