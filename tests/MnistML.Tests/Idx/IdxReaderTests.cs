using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

/// <summary>How a reader reads, what it refuses, and what it says when the file is no longer what it was.</summary>
internal sealed class IdxReaderTests
{
    private const int BlockByteCount = 1 << 18;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void ReadItem_OneAfterTheOther_ReadsTwiceAsManyEachTimeUpToABlock()
    {
        const int Count = 4_000;
        const int ItemByteCount = 1_000;
        var source = new CountedBytes();
        using var reader = new IdxReader(new IdxHeader(IdxElementType.UInt8, Count, ItemByteCount), source);

        for (var i = 0; i < Count; i++)
        {
            Assert.That(reader.ReadItem(i).ToArray(), Is.All.EqualTo((byte)i));
        }

        var most = BlockByteCount / ItemByteCount;
        Assert.That(source.ByteCounts.Take(9), Is.EqualTo([2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, most * 1_000]));
        Assert.That(source.ByteCounts.Sum(), Is.EqualTo(Count * ItemByteCount));
    }

    [Test]
    public void ReadItem_HereAndThere_ReadsOneItem()
    {
        var source = new CountedBytes();
        using var reader = new IdxReader(new IdxHeader(IdxElementType.UInt8, 4_000, 1_000), source);

        foreach (var index in (int[])[300, 100, 3_999, 100])
        {
            Assert.That(reader.ReadItem(index).ToArray(), Is.All.EqualTo((byte)index));
        }

        Assert.That(source.ByteCounts, Is.All.EqualTo(1_000));
    }

    [Test]
    public void ReadItem_LargerThanABlock_IsReadWhole()
    {
        var source = new CountedBytes();
        using var reader = new IdxReader(new IdxHeader(IdxElementType.UInt8, 3, BlockByteCount + 1), source);

        Assert.That(reader.ReadItem(0).Length, Is.EqualTo(BlockByteCount + 1));
        Assert.That(reader.ReadItem(1).Length, Is.EqualTo(BlockByteCount + 1));
        Assert.That(source.ByteCounts, Is.All.EqualTo(BlockByteCount + 1));
    }

    [Test]
    public void ReadItem_OfAnotherType_NamesBoth()
    {
        using var reader = IdxFile.Read(_folder.Write("images", IdxBytes.FiveImages)).OpenReader();

        Assert.That(
            () => reader.ReadItem(0, new float[6].AsSpan()),
            Throws.ArgumentException.With.Message.StartsWith("The file's elements are UInt8, and can't be read as System.Single."));
    }

    [TestCase(5)]
    [TestCase(7)]
    public void ReadItem_IntoAnotherLength_NamesBoth(int length)
    {
        using var reader = new IdxReader(new IdxHeader(IdxElementType.Int16, 5, 2, 3), new CountedBytes());

        Assert.That(
            () => reader.ReadItem(0, new short[length].AsSpan()),
            Throws.ArgumentException.With.Message.StartsWith($"An item of Int16 5×2×3 has 6 elements, but there is room for {length}."));
    }

    [Test]
    public void OpenReader_OfAFileThatHasGrown_SaysSo()
    {
        var path = _folder.Write("images", IdxBytes.FiveImages);
        var file = IdxFile.Read(path);
        File.AppendAllText(path, "more");

        Assert.That(
            () => file.OpenReader(),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"'{path}' has changed since it was opened: it was 46 bytes long, and is 50 now; open it again."));
        Assert.That(() => File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose(), Throws.Nothing);
    }

    [Test]
    public void ReadItem_OfAFileThatWasCutShort_SaysWhere()
    {
        var path = _folder.Write("images", IdxBytes.FiveImages);
        using var reader = IdxFile.Read(path).OpenReader();
        using (var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.SetLength(20);
        }

        Assert.That(
            () => reader.ReadItem(1).ToArray(),
            Throws.TypeOf<EndOfStreamException>().With.Message.EqualTo(
                $"'{path}' has been cut short since it was opened: byte 22 is gone; open it again."));
    }

    [Test]
    public void ReadItem_OfManyMegabytesInMemory_CrossesTheChunks()
    {
        const int Length = 3_000_000;
        var elements = new byte[2 * Length];
        new Random(5).NextBytes(elements);
        using var stream = new MemoryStream();
        IdxFile.Write<byte>(stream, elements, 2, Length);
        stream.Position = 0;
        using var reader = IdxFile.Read(stream).OpenReader();

        Assert.That(reader.ReadItem(1).SequenceEqual(elements.AsSpan(Length)));
        Assert.That(reader.ReadItem(0).SequenceEqual(elements.AsSpan(0, Length)));
    }

    /// <summary>A file whose bytes all are the low byte of their item's index; an item has 1,000.</summary>
    private sealed class CountedBytes : IByteSource
    {
        public List<int> ByteCounts { get; } = [];

        public void Read(long offset, Span<byte> destination)
        {
            ByteCounts.Add(destination.Length);
            for (var i = 0; i < destination.Length; i++)
            {
                destination[i] = (byte)((offset + i) / 1_000);
            }
        }

        public void Dispose()
        {
        }
    }
}
