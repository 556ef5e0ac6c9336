using Microsoft.ML;
using MnistML.Idx;

namespace MnistML.Data.Saving;

/// <summary>Turns the values of a column, row by row, into the elements of a file.</summary>
internal abstract class IdxColumnEncoder(DataViewSchema.Column column, IdxElementType elementType, IReadOnlyList<int> itemDimensions)
{
    public DataViewSchema.Column Column { get; } = column;

    /// <summary>Number of dimensions of the file: those of an item, and the number of items.</summary>
    public int DimensionCount => itemDimensions.Count + 1;

    protected IdxElementType ElementType { get; } = elementType;

    public IdxHeader CreateHeader(int itemCount) => new(ElementType, [itemCount, .. itemDimensions]);

    /// <summary>Takes the values from a cursor's row from now on.</summary>
    public abstract void Bind(DataViewRow row);

    /// <summary>The elements of the row that the cursor stands on, as the file holds them.</summary>
    /// <param name="rowIndex">The row, zero-based, for messages.</param>
    /// <returns>Bytes that stay as they are until the next call.</returns>
    /// <exception cref="InvalidDataException">A value does not fit.</exception>
    public abstract ReadOnlySpan<byte> Encode(long rowIndex);
}
