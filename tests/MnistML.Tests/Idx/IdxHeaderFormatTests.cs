using MnistML.Idx;

namespace MnistML.Tests.Idx;

public sealed class IdxHeaderFormatTests
{
    private static readonly byte[] HeaderOfMnist = [0, 0, 0x08, 3, 0x00, 0x00, 0xEA, 0x60, 0, 0, 0, 28, 0, 0, 0, 28];

    [Test]
    public void Read_HeaderOfMnist_GivesTypeAndDimensions()
    {
        var header = IdxHeaderFormat.Read(new MemoryStream(HeaderOfMnist), "name");

        Assert.That(header.ToString(), Is.EqualTo("UInt8 60000×28×28"));
    }

    [Test]
    public void ToBytes_HeaderOfMnist_GivesItsBytes() =>
        Assert.That(IdxHeaderFormat.ToBytes(new IdxHeader(IdxElementType.UInt8, 60_000, 28, 28)), Is.EqualTo(HeaderOfMnist));

    [TestCase(IdxElementType.UInt8, 0x08)]
    [TestCase(IdxElementType.Int8, 0x09)]
    [TestCase(IdxElementType.Int16, 0x0B)]
    [TestCase(IdxElementType.Int32, 0x0C)]
    [TestCase(IdxElementType.Single, 0x0D)]
    [TestCase(IdxElementType.Double, 0x0E)]
    public void ToBytes_ElementType_IsTheThirdByte(IdxElementType elementType, byte expected)
    {
        byte[] bytes = [0, 0, expected, 2, 0, 0, 0, 5, 0, 0, 0, 3];

        Assert.That(IdxHeaderFormat.ToBytes(new IdxHeader(elementType, 5, 3)), Is.EqualTo(bytes));
        Assert.That(IdxHeaderFormat.Read(new MemoryStream(bytes), "name").ElementType, Is.EqualTo(elementType));
    }

    [Test]
    public void Read_Lengths_AreBigEndian()
    {
        byte[] bytes = [0, 0, 0x08, 2, 0x01, 0x02, 0x03, 0x04, 0x7F, 0xFF, 0xFF, 0xFE];

        var header = IdxHeaderFormat.Read(new MemoryStream(bytes), "name");

        Assert.That(header.Dimensions, Is.EqualTo(new[] { 0x01020304, 0x7FFFFFFE }));
        Assert.That(IdxHeaderFormat.ToBytes(header), Is.EqualTo(bytes));
    }

    [Test]
    public void Read_EightDimensions_AreReadInOrder()
    {
        byte[] bytes = [0, 0, 0x08, 8, .. Enumerable.Range(1, 8).SelectMany(length => (byte[])[0, 0, 0, (byte)length])];

        Assert.That(IdxHeaderFormat.Read(new MemoryStream(bytes), "name").Dimensions, Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6, 7, 8 }));
    }

    [Test]
    public void Read_Stream_StopsAfterTheHeader()
    {
        var stream = new MemoryStream([.. HeaderOfMnist, 1, 2, 3]);

        IdxHeaderFormat.Read(stream, "name");

        Assert.That(stream.Position, Is.EqualTo(16));
    }

    [TestCase(1, 8)]
    [TestCase(3, 16)]
    [TestCase(8, 36)]
    public void ByteCount_Dimensions_AreFourBytesEach(int dimensionCount, int expected) =>
        Assert.That(IdxHeaderFormat.ByteCount(dimensionCount), Is.EqualTo(expected));
}
