using FsCheck.Fluent;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

/// <summary>What holds of every type, every number of dimensions and every value.</summary>
public sealed class IdxFilePropertyTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Write_AnyContent_GivesTheFormatsBytes() => PropertyCheck.Holds(IdxContent.Any(shortest: 0), content =>
    {
        using var stream = new MemoryStream();
        IdxFile.Write(stream, content.Header, content.Elements);
        IdxFile.Write(_folder.PathOf("written"), content.Header, content.Elements);

        Assert.That(stream.ToArray(), Is.EqualTo(content.File));
        Assert.That(File.ReadAllBytes(_folder.PathOf("written")), Is.EqualTo(content.File));
    });

    [Test]
    public void Read_WhatWriteWrote_GivesItBackFromPathsAndStreams() => PropertyCheck.Holds(IdxContent.Any(shortest: 0), content =>
    {
        IdxFile.Write(_folder.PathOf("raw"), content.Header, content.Elements);
        IdxFile.Write(_folder.PathOf("packed.gz"), content.Header, content.Elements);

        AssertHolds(IdxFile.Read(_folder.PathOf("raw")), content);
        AssertHolds(IdxFile.Read(_folder.PathOf("packed.gz")), content);
        AssertHolds(IdxFile.Read(new MemoryStream(content.File)), content);
        AssertHolds(IdxFile.Read(new TricklingStream(content.File)), content);
        AssertHolds(IdxFile.Read(new TricklingStream(IdxBytes.Gzip(content.File))), content);
    });

    [Test]
    public void ToArray_AnyContent_GivesTheValues() => PropertyCheck.Holds(IdxContent.Any(shortest: 0), content =>
    {
        var file = IdxFile.Read(_folder.Write("array", content.File));

        Assert.That(ToNumbers(file), Is.EqualTo(content.Numbers));
    });

    [Test]
    public void Write_TheValuesOfAnyContent_GivesTheSameFile() => PropertyCheck.Holds(IdxContent.Any(shortest: 0), content =>
    {
        var file = IdxFile.Read(_folder.Write("values", content.File));
        var path = _folder.PathOf("again");
        _ = content.Type switch
        {
            IdxElementType.UInt8 => Again<byte>(),
            IdxElementType.Int8 => Again<sbyte>(),
            IdxElementType.Int16 => Again<short>(),
            IdxElementType.Int32 => Again<int>(),
            IdxElementType.Single => Again<float>(),
            _ => Again<double>(),
        };

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(content.File));

        int Again<T>()
            where T : unmanaged
        {
            IdxFile.Write<T>(path, file.ToArray<T>(), content.Dimensions);
            return 0;
        }
    });

    [Test]
    public void ReadItem_AnyOrder_GivesTheItemsOfPlainLoops() => PropertyCheck.Holds(
        from content in IdxContent.Any(shortest: 0)
        where content.Dimensions[0] > 0
        from order in Gen.Choose(0, content.Dimensions[0] - 1).ListOf(20)
        select (Content: content, Order: order.ToArray()),
        given =>
        {
            using var raw = IdxFile.Read(_folder.Write("ordered", given.Content.File)).OpenReader();
            using var packed = IdxFile.Read(_folder.Write("ordered.gz", IdxBytes.Gzip(given.Content.File))).OpenReader();
            var forward = Enumerable.Range(0, given.Content.Dimensions[0]);
            int[] order = [.. given.Order, .. forward, .. forward.Reverse()];
            foreach (var index in order)
            {
                Assert.That(raw.ReadItem(index).ToArray(), Is.EqualTo(given.Content.Item(index)));
                Assert.That(packed.ReadItem(index).ToArray(), Is.EqualTo(given.Content.Item(index)));
            }
        });

    [Test]
    public void Read_AnyFileCutShort_ThrowsAndNothingElse() => PropertyCheck.Holds(
        from content in IdxContent.Any(shortest: 1)
        from kept in Gen.Choose(0, content.File.Length - 1)
        select content.File[..kept],
        cut =>
        {
            var path = _folder.Write("cut", cut);

            Assert.That(() => IdxFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{path}'"));
            Assert.That(
                () => IdxFile.Read(new TricklingStream(IdxBytes.Gzip(cut)), "camera"),
                Throws.TypeOf<InvalidDataException>().With.Message.Contains("'camera'"));
        });

    private static double[] ToNumbers(IdxFile file) => file.Header.ElementType switch
    {
        IdxElementType.UInt8 => [.. file.ToArray<byte>().Select(value => (double)value)],
        IdxElementType.Int8 => [.. file.ToArray<sbyte>().Select(value => (double)value)],
        IdxElementType.Int16 => [.. file.ToArray<short>().Select(value => (double)value)],
        IdxElementType.Int32 => [.. file.ToArray<int>().Select(value => (double)value)],
        IdxElementType.Single => [.. file.ToArray<float>().Select(value => (double)value)],
        _ => file.ToArray<double>(),
    };

    private static void AssertHolds(IdxFile file, IdxContent content)
    {
        Assert.That(file.Header, Is.EqualTo(content.Header));
        using var reader = file.OpenReader();
        Assert.That(
            Enumerable.Range(0, content.Dimensions[0]).SelectMany(index => reader.ReadItem(index).ToArray()), Is.EqualTo(content.Elements));
    }

    /// <summary>A stream that can't seek, and gives a byte at a time, as a slow connection may.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override long Length => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1)]);

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();
    }
}
