using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Data.Saving;

/// <summary>Creates the encoder of a column of items, for each of its possible types.</summary>
internal static class IdxItemEncoder
{
    /// <exception cref="ArgumentOutOfRangeException">IDX cannot hold such a column.</exception>
    public static IdxColumnEncoder Create(DataViewSchema.Column column, IdxSaverOptions options)
    {
        ThrowIfUnfit(column);
        var itemType = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        return itemType switch
        {
            BooleanDataViewType => Create<bool>(column, options, IdxElementType.UInt8, value => value ? 1 : 0),
            NumberDataViewType t when t.RawType == typeof(byte) => Create<byte>(column, options, IdxElementType.UInt8, value => value),
            NumberDataViewType t when t.RawType == typeof(sbyte) => Create<sbyte>(column, options, IdxElementType.Int8, value => value),
            NumberDataViewType t when t.RawType == typeof(short) => Create<short>(column, options, IdxElementType.Int16, value => value),
            NumberDataViewType t when t.RawType == typeof(ushort) => Create<ushort>(column, options, IdxElementType.Int32, value => value),
            NumberDataViewType t when t.RawType == typeof(int) => Create<int>(column, options, IdxElementType.Int32, value => value),
            NumberDataViewType t when t.RawType == typeof(uint) => Create<uint>(column, options, IdxElementType.Int32, value => value),
            NumberDataViewType t when t.RawType == typeof(long) => Create<long>(column, options, IdxElementType.Int32, value => value),
            NumberDataViewType t when t.RawType == typeof(ulong) => Create<ulong>(column, options, IdxElementType.Int32, value => value),
            NumberDataViewType t when t.RawType == typeof(float) => Create<float>(column, options, IdxElementType.Single, value => value),
            NumberDataViewType t when t.RawType == typeof(double) => Create<double>(column, options, IdxElementType.Double, value => value),
            _ => throw new ArgumentOutOfRangeException(
                nameof(column),
                $"The column '{column.Name}' is {column.Type}, but IDX holds numbers only: "
                + $"name a column of numbers by {nameof(options.ColumnName)}."),
        };
    }

    private static IdxColumnEncoder Create<TSource>(
        DataViewSchema.Column column, IdxSaverOptions options, IdxElementType ownType, Func<TSource, double> toDouble)
        where TSource : unmanaged
    {
        var elementType = options.ElementType ?? ownType;
        return elementType switch
        {
            IdxElementType.UInt8 => Of<byte>(),
            IdxElementType.Int8 => Of<sbyte>(),
            IdxElementType.Int16 => Of<short>(),
            IdxElementType.Int32 => Of<int>(),
            IdxElementType.Single => Of<float>(),
            _ => Of<double>(),
        };

        IdxItemEncoder<TSource, TElement> Of<TElement>()
            where TElement : unmanaged, INumber<TElement>, IMinMaxValue<TElement> => new(column, elementType, options.Scale ?? 1, toDouble);
    }

    private static void ThrowIfUnfit(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector)
        {
            return;
        }

        if (!vector.IsKnownSize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(column),
                $"The column '{column.Name}' is {vector}, whose size differs from row to row, "
                + "but the items of an IDX file are all of one size.");
        }

        if (vector.Dimensions.Length >= IdxHeader.MaxDimensions)
        {
            throw new ArgumentOutOfRangeException(
                nameof(column),
                $"The column '{column.Name}' is {vector}, of {vector.Dimensions.Length} dimensions, "
                + $"but with the number of items there may be {IdxHeader.MaxDimensions} at most: give it fewer.");
        }

        if (vector.Size > Array.MaxLength / sizeof(double))
        {
            throw new ArgumentOutOfRangeException(
                nameof(column),
                $"The column '{column.Name}' is {vector}, {vector.Size} values in a row, "
                + $"but at most {Array.MaxLength / sizeof(double)} can be saved.");
        }
    }
}
