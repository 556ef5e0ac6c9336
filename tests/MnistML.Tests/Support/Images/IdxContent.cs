using FsCheck;
using FsCheck.Fluent;
using MnistML.Idx;

namespace MnistML.Tests.Support;

/// <summary>What a file may hold: any element type, 1 to 8 dimensions, and any bits for elements, so NaN and infinities too.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Dimensions">The lengths, each below 256.</param>
/// <param name="Elements">The elements, big-endian.</param>
internal sealed record IdxContent(IdxElementType Type, int[] Dimensions, byte[] Elements)
{
    private static readonly (IdxElementType Type, byte Code, int Size)[] Types =
    [
        (IdxElementType.UInt8, 0x08, 1), (IdxElementType.Int8, 0x09, 1), (IdxElementType.Int16, 0x0B, 2),
        (IdxElementType.Int32, 0x0C, 4), (IdxElementType.Single, 0x0D, 4), (IdxElementType.Double, 0x0E, 8),
    ];

    /// <summary>Contents with up to 9 items.</summary>
    /// <param name="shortest">The least length of each dimension but the first.</param>
    public static Gen<IdxContent> Any(int shortest) =>
        from type in Gen.Elements(Types)
        from rank in Gen.Choose(1, 8)
        from itemCount in Gen.Choose(0, 9)
        from item in Gen.Choose(shortest, rank > 4 ? 2 : 5).ArrayOf(rank - 1)
        let elementCount = item.Aggregate(itemCount, (product, length) => product * length)
        from elements in AnyByte.ArrayOf(elementCount * type.Size)
        select new IdxContent(type.Type, [itemCount, .. item], elements);

    public int ElementSize => Types.Single(type => type.Type == Type).Size;

    public IdxHeader Header => new(Type, Dimensions);

    public int ItemByteCount => Dimensions.Skip(1).Aggregate(ElementSize, (product, length) => product * length);

    /// <summary>The whole file, put together without the library.</summary>
    public byte[] File => IdxBytes.Of(Types.Single(type => type.Type == Type).Code, Dimensions, Elements);

    public byte[] Item(int index) => Elements[(index * ItemByteCount)..((index + 1) * ItemByteCount)];

    /// <summary>The elements as numbers, which a Double holds exactly, by .NET's own big-endian reading.</summary>
    public double[] Numbers => [.. Elements.Chunk(ElementSize).Select(Number)];

    public override string ToString() => $"{Type} {string.Join('×', Dimensions)}: {Convert.ToHexString(Elements)}";

    /// <summary>Bytes of which NaN, infinities, extremes and plain values are often made.</summary>
    private static Gen<byte> AnyByte =>
        Gen.OneOf(Gen.Choose(0, 255).Select(value => (byte)value), Gen.Elements<byte>(0, 1, 0x7F, 0x80, 0xF0, 0xFF));

    private double Number(byte[] element) => Type switch
    {
        IdxElementType.UInt8 => element[0],
        IdxElementType.Int8 => unchecked((sbyte)element[0]),
        IdxElementType.Int16 => System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(element),
        IdxElementType.Int32 => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(element),
        IdxElementType.Single => System.Buffers.Binary.BinaryPrimitives.ReadSingleBigEndian(element),
        _ => System.Buffers.Binary.BinaryPrimitives.ReadDoubleBigEndian(element),
    };
}
