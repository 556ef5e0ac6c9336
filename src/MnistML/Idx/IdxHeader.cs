namespace MnistML.Idx;

/// <summary>
/// The header of an IDX file: the type of its elements and the length of each dimension. The elements follow
/// in row-major order, the last dimension changing fastest. (Format: "The IDX file format" on the MNIST database's page, LeCun, Cortes and
/// Burges.)
/// </summary>
public sealed class IdxHeader : IEquatable<IdxHeader>
{
    /// <summary>The maximum number of dimensions; the format itself allows 255.</summary>
    public const int MaxDimensions = 8;

    /// <summary>Describes a file.</summary>
    /// <param name="elementType">The type of all elements.</param>
    /// <param name="dimensions">From 1 to 8 lengths, each from 0 to 2³¹-1; the first counts the items, such as images.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The type is unknown, there are no dimensions or too many, or a length is negative.
    /// </exception>
    /// <exception cref="OverflowException">The elements would take more than 2⁶³-1 bytes.</exception>
    public IdxHeader(IdxElementType elementType, params IReadOnlyList<int> dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions.Count, 1, nameof(dimensions));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions.Count, MaxDimensions, nameof(dimensions));
        foreach (var length in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 0, nameof(dimensions));
        }

        ElementType = elementType;
        ElementSize = SizeOf(elementType);
        Dimensions = [.. dimensions];
        ItemByteCount = checked(Dimensions.Skip(1).Aggregate(1L, (product, length) => checked(product * length)) * ElementSize);
        ElementByteCount = checked(ItemCount * ItemByteCount);
    }

    /// <summary>The type of all elements.</summary>
    public IdxElementType ElementType { get; }

    /// <summary>Length of each dimension; for images these are count, height and width.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Number of items, the length of the first dimension.</summary>
    public int ItemCount => Dimensions[0];

    /// <summary>Size of an element in bytes: 1, 2, 4 or 8.</summary>
    public int ElementSize { get; }

    /// <summary>Size of an item, such as an image, in bytes.</summary>
    public long ItemByteCount { get; }

    /// <summary>Size of all elements in bytes.</summary>
    public long ElementByteCount { get; }

    /// <summary>Whether the other header has the same element type and dimensions.</summary>
    public bool Equals(IdxHeader? other) =>
        other is not null && other.ElementType == ElementType && other.Dimensions.SequenceEqual(Dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IdxHeader);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ElementType, Dimensions.Count, ElementByteCount);

    /// <summary>The type and the dimensions, for example <c>UInt8 60000×28×28</c>.</summary>
    public override string ToString() => $"{ElementType} {string.Join('×', Dimensions)}";

    private static int SizeOf(IdxElementType elementType) => elementType switch
    {
        IdxElementType.UInt8 or IdxElementType.Int8 => sizeof(byte),
        IdxElementType.Int16 => sizeof(short),
        IdxElementType.Int32 or IdxElementType.Single => sizeof(int),
        IdxElementType.Double => sizeof(double),
        _ => throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "IDX has no such element type."),
    };
}
