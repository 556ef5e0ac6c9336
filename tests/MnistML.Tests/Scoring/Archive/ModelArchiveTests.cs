using System.Buffers.Binary;
using MnistML.Scoring.Archive;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Archive;

public sealed class ModelArchiveTests
{
    /// <summary>Where the header of an entry in an archive's directory holds what.</summary>
    private const int ChecksumPlace = 16;
    private const int SizePlace = 24;

    private static readonly byte[] DirectorySignature = "PK\u0001\u0002"u8.ToArray();

    [Test]
    public void Read_Archive_GivesItsEntries()
    {
        var archive = Read(Zip.Write(("a", [1, 2]), ("b/c", []), ("b/d", new byte[1_000])));

        Assert.That(archive.Entries.Keys, Is.EqualTo(new[] { "a", "b/c", "b/d" }));
        Assert.That(archive.Entries["a"], Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(archive.Entries["b/d"], Has.Length.EqualTo(1_000));
    }

    [Test]
    public void ToStream_OfWhatWasRead_IsReadAgain()
    {
        using var stream = Read(Zip.Write(("a", [1, 2]), ("b/c", [3]))).ToStream();

        Assert.That(Zip.Read(stream.ToArray()), Is.EqualTo(new (string, byte[])[] { ("a", [1, 2]), ("b/c", [3]) }));
        Assert.That(stream.Position, Is.Zero);
    }

    [Test]
    public void Read_EachCutArchive_IsRefused()
    {
        var zip = Zip.Write(("a", [1, 2]), ("b/c", [3]));
        for (var length = 0; length < zip.Length; length++)
        {
            Assert.That(() => Read(zip[..length]), Throws.TypeOf<InvalidDataException>(), $"{length} bytes");
        }
    }

    [TestCase("../x")]
    [TestCase("a/../../x")]
    [TestCase("a\\..\\x")]
    [TestCase("/x")]
    [TestCase("\\x")]
    [TestCase("\\\\server\\share\\x")]
    [TestCase("C:x")]
    [TestCase("C:\\x")]
    [TestCase("..")]
    [TestCase("a\\..")]
    [TestCase("a/./x")]
    [TestCase(".\\x")]
    [TestCase("a//x")]
    [TestCase("a\\\\x")]
    [TestCase("a\\/x")]
    public void Read_PathThatLeadsOut_IsRefused(string path) => Assert.That(
        () => Read(Zip.Write((path, [1]))),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"the entry '{path}' has no name or a folder without one, or leads out of the archive."));

    [Test]
    public void Read_PathsWithBackslashes_HaveSlashes() =>
        Assert.That(Read(Zip.Write(("a\\b\\c", [1]), ("a/b\\d", [2]))).Entries.Keys, Is.EqualTo(new[] { "a/b/c", "a/b/d" }));

    [TestCase("a/b", "a/b")]
    [TestCase("a/b", "a\\b")]
    [TestCase("a\\b", "a/b")]
    [TestCase("a\\b", "a\\b")]
    public void Read_SamePathTwice_IsRefused(string first, string second) => Assert.That(
        () => Read(Zip.Write((first, [1]), (second, [2]))),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("the entry 'a/b' occurs twice; in names '\\' counts as '/'."));

    [Test]
    public void Read_EntryWithoutAName_IsRefused()
    {
        // The name's length in the local header and in the directory's; the byte that was the name now counts as content.
        var zip = Zip.Write(("a", [1]));
        var directory = zip.AsSpan().IndexOf(DirectorySignature);
        zip[26] = 0;
        zip[directory + 28] = 0;
        var end = zip.AsSpan().IndexOf("PK\u0005\u0006"u8);
        byte[] renamed = [.. zip[..(directory + 46)], .. zip[(directory + 47)..]];
        BinaryPrimitives.WriteInt32LittleEndian(renamed.AsSpan(end - 1 + 12), 46);

        Assert.That(() => Read(renamed), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void Read_MoreBytesThanAFileOfItsSizeHolds_IsRefusedBeforeTheyAreUnpacked()
    {
        var bomb = Zip.Write(("zeros", new byte[96 << 20]));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(
            () => Read(bomb),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "the entry 'zeros' declares 100663296 bytes, more than a file of this size can hold."));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    /// <summary>The same zeros beside a megabyte that does not shrink, as weights don't.</summary>
    [Test]
    public void Read_ManyZerosInALargerFile_AreAllowed()
    {
        var weights = new byte[1 << 20];
        new Random(1).NextBytes(weights);

        var archive = Read(Zip.Write(("weights", weights), ("zeros", new byte[96 << 20])));

        Assert.That(archive.Entries["zeros"], Has.Length.EqualTo(96 << 20));
    }

    [TestCase(1)]
    [TestCase(99)]
    [TestCase(101)]
    [TestCase(int.MaxValue)]
    public void Read_OtherSizeThanIsSaid_IsRefused(int size) =>
        Assert.That(
            () => Read(WithDirectory(Zip.Write(("a", new byte[100])), SizePlace, size)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'a'"));

    [Test]
    public void Read_OfFewerBytesThanAreDeclared_SaysHowMany() => Assert.That(
        () => Read(WithDirectory(Zip.Write(("a", new byte[100])), SizePlace, 101)),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("the entry 'a' declares 101 bytes, but holds 100."));

    /// <summary>What this library has just written is no bomb, however well it was packed.</summary>
    [Test]
    public void ReadOwn_OfAnArchiveThatIsPackedVeryWell_HasNoLimit()
    {
        var zip = Zip.Write(("a", new byte[100_000_000]));
        using var stream = new MemoryStream(zip);

        Assert.That(ModelArchive.ReadOwn(stream).Entries["a"], Has.Length.EqualTo(100_000_000));
        Assert.That(
            () => Read(zip),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "the entry 'a' declares 100000000 bytes, more than a file of this size can hold."));
    }

    [Test]
    public void Read_OfNoArchive_SaysSo() => Assert.That(
        () => Read([1, 2, 3]),
        Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("it is not a whole zip archive: ")
            .And.Message.Length.GreaterThan("it is not a whole zip archive: ".Length));

    [Test]
    public void Read_FromAStream_LeavesItOpen()
    {
        using var stream = new MemoryStream(Zip.Write(("a", [1])));

        ModelArchive.Read(stream);

        Assert.That(stream.CanRead);
    }

    [Test]
    public void Read_OtherChecksum_IsRefused() => Assert.That(
        () => Read(WithDirectory(Zip.Write(("a", "123456789"u8.ToArray())), ChecksumPlace, 1)),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "the entry 'a' is damaged: its checksum is cbf43926, but 00000001 was expected."));

    private static byte[] WithDirectory(byte[] zip, int place, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(zip.AsSpan().IndexOf(DirectorySignature) + place), value);
        return zip;
    }

    private static ModelArchive Read(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        return ModelArchive.Read(stream);
    }
}
