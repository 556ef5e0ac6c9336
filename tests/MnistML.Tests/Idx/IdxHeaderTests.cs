using MnistML.Idx;

namespace MnistML.Tests.Idx;

public sealed class IdxHeaderTests
{
    [Test]
    public void Constructor_Images_GivesSizes()
    {
        var header = new IdxHeader(IdxElementType.UInt8, 5, 2, 3);

        Assert.That(header.ElementType, Is.EqualTo(IdxElementType.UInt8));
        Assert.That(header.Dimensions, Is.EqualTo(new[] { 5, 2, 3 }));
        Assert.That(header.ItemCount, Is.EqualTo(5));
        Assert.That(header.ItemByteCount, Is.EqualTo(6));
        Assert.That(header.ElementByteCount, Is.EqualTo(30));
    }

    [TestCase(IdxElementType.UInt8, 1)]
    [TestCase(IdxElementType.Int8, 1)]
    [TestCase(IdxElementType.Int16, 2)]
    [TestCase(IdxElementType.Int32, 4)]
    [TestCase(IdxElementType.Single, 4)]
    [TestCase(IdxElementType.Double, 8)]
    public void Constructor_ElementType_SizesFollowIt(IdxElementType elementType, int size)
    {
        var header = new IdxHeader(elementType, 5, 3);

        Assert.That(header.ElementSize, Is.EqualTo(size));
        Assert.That(header.ItemByteCount, Is.EqualTo(3 * size));
        Assert.That(header.ElementByteCount, Is.EqualTo(15 * size));
    }

    [Test]
    public void Constructor_OneDimension_ItemsAreSingleElements()
    {
        var header = new IdxHeader(IdxElementType.Int16, 5);

        Assert.That(header.ItemByteCount, Is.EqualTo(2));
        Assert.That(header.ElementByteCount, Is.EqualTo(10));
    }

    [Test]
    public void Constructor_ListChangedAfterwards_KeepsDimensions()
    {
        var dimensions = new List<int> { 5, 2 };
        var header = new IdxHeader(IdxElementType.UInt8, dimensions);

        dimensions[0] = 7;

        Assert.That(header.Dimensions, Is.EqualTo(new[] { 5, 2 }));
    }

    [Test]
    public void Constructor_NoDimensions_Throws() =>
        AssertOutOfRange([], "dimensions ('0') must be greater than or equal to '1'. (Parameter 'dimensions')\nActual value was 0.");

    [Test]
    public void Constructor_NineDimensions_Throws() => AssertOutOfRange(
        [1, 1, 1, 1, 1, 1, 1, 1, 1], "dimensions ('9') must be less than or equal to '8'. (Parameter 'dimensions')\nActual value was 9.");

    [Test]
    public void Constructor_NegativeLength_Throws() =>
        AssertOutOfRange(
            [5, -1], $"dimensions ('{-1}') must be greater than or equal to '0'. (Parameter 'dimensions')\nActual value was {-1}.");

    [Test]
    public void Constructor_UnknownElementType_Throws() => Assert.That(
        () => new IdxHeader((IdxElementType)0x0A, 5),
        Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Message.EqualTo(Lines("IDX has no such element type. (Parameter 'elementType')\nActual value was 10.")));

    [Test]
    public void Constructor_NullDimensions_Throws() =>
        Assert.That(() => new IdxHeader(IdxElementType.UInt8, null!), Throws.ArgumentNullException);

    [Test]
    public void Constructor_MoreBytesThanALongCounts_Throws() =>
        Assert.That(() => new IdxHeader(IdxElementType.Double, int.MaxValue, int.MaxValue, 2), Throws.TypeOf<OverflowException>());

    [Test]
    public void ToString_Images_ReadsAsPeopleWrite() =>
        Assert.That(new IdxHeader(IdxElementType.Int16, 5, 2, 3).ToString(), Is.EqualTo("Int16 5×2×3"));

    [Test]
    public void Equals_SameTypeAndDimensions_IsTrueOfThoseAlone()
    {
        var header = new IdxHeader(IdxElementType.Int16, 5, 2, 3);

        Assert.That(header, Is.EqualTo(new IdxHeader(IdxElementType.Int16, 5, 2, 3)));
        Assert.That(header.GetHashCode(), Is.EqualTo(new IdxHeader(IdxElementType.Int16, 5, 2, 3).GetHashCode()));
        Assert.That(header, Is.Not.EqualTo(new IdxHeader(IdxElementType.Int16, 5, 3, 2)));
        Assert.That(header, Is.Not.EqualTo(new IdxHeader(IdxElementType.Int32, 5, 2, 3)));
        Assert.That(header, Is.Not.EqualTo(new IdxHeader(IdxElementType.Int16, 5, 2)));
        Assert.That(header.Equals(null), Is.False);
    }

    private static void AssertOutOfRange(int[] dimensions, string message) => Assert.That(
        () => new IdxHeader(IdxElementType.UInt8, dimensions),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(Lines(message)));

    private static string Lines(string message) => message.ReplaceLineEndings();
}
