using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

/// <summary>What callers can do wrong, and what they are told.</summary>
internal sealed class IdxMisuseTests
{
    private static readonly IdxHeader Header = new(IdxElementType.UInt8, 5, 2, 3);

    [Test]
    public void Read_OfNoStreamOrName_Throws()
    {
        Assert.That(() => IdxFile.Read((Stream)null!), Throws.ArgumentNullException.With.Message.Contains("'stream'"));
        Assert.That(() => IdxFile.Read(new MemoryStream(IdxBytes.FiveImages), name: ""), Throws.ArgumentException);
    }

    [Test]
    public void ToArray_OfAnotherType_NamesBoth()
    {
        var file = IdxFile.Read(new MemoryStream(IdxBytes.FiveImages), "digits");

        Assert.That(
            () => file.ToArray<float>(),
            Throws.ArgumentException.With.Message.EqualTo("'digits' holds UInt8 5×2×3, whose elements can't be read as System.Single."));
    }

    [Test]
    public void Write_OfOtherNumberOfElementsToAStream_WritesNothing()
    {
        using var stream = new MemoryStream();

        Assert.That(
            () => IdxFile.Write(stream, Header, new byte[29]),
            Throws.ArgumentException.With.Message.StartsWith("UInt8 5×2×3 takes 30 bytes, but 29 were given."));
        Assert.That(stream.Length, Is.Zero);
    }

    [Test]
    public void Write_OfATypeThatIdxLacks_NamesThoseItHas() => Assert.That(
        () => IdxFile.Write<long>(new MemoryStream(), [1L], 1),
        Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(
            "IDX has no elements of System.Int64; it has Byte, SByte, Int16, Int32, Single and Double."));

    [Test]
    public void TypeOf_AnElementTypeThatIdxLacks_Throws() => Assert.That(
        () => IdxValues.TypeOf((IdxElementType)99),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("IDX has no such element type."));

    [Test]
    public void PrefixedStream_OfAnyStream_CanOnlyBeRead()
    {
        using var stream = new PrefixedStream(new byte[] { 1 }, new MemoryStream([2, 3]));

        Assert.That((stream.CanRead, stream.CanSeek, stream.CanWrite), Is.EqualTo((true, false, false)));
        Assert.That(() => stream.Write([1], 0, 1), Throws.TypeOf<NotSupportedException>());
    }

    /// <summary>Nearly all of the file is a hole that takes no room.</summary>
    [Platform("Linux", Reason = "Elsewhere a file's holes may be written out.")]
    [Test]
    public void Read_OfAnItemThatNoArrayHolds_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = WriteHole(folder, 1, 46_341, 46_341);

        Assert.That(
            () => IdxFile.Read(path),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"'{path}' holds UInt8 1×46341×46341, whose items take 2147488281 bytes each; at most {Array.MaxLength} can be read."));
    }

    /// <summary>In 32 bits the number of elements would come out as 65,536.</summary>
    [Platform("Linux", Reason = "Elsewhere a file's holes may be written out.")]
    [Test]
    public void ToArray_OfMoreThanAnArrayHolds_Throws()
    {
        using var folder = new TemporaryFolder();
        var file = IdxFile.Read(WriteHole(folder, 65_537, 256, 256));

        Assert.That(() => file.ToArray<byte>(), Throws.TypeOf<OverflowException>());
    }

    private static string WriteHole(TemporaryFolder folder, params int[] dimensions)
    {
        var path = folder.PathOf("hole");
        using var file = File.Create(path);
        file.Write([0, 0, 8, (byte)dimensions.Length]);
        foreach (var length in dimensions)
        {
            file.Write([(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length]);
        }

        file.SetLength(file.Length + dimensions.Aggregate(1L, (product, length) => product * length));
        return path;
    }
}
