using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Data.Saving;

/// <summary>Creates the encoder of a column of labels, for each of its possible types.</summary>
internal static class IdxLabelEncoder
{
    /// <exception cref="ArgumentOutOfRangeException">The column does not hold keys or whole numbers.</exception>
    public static IdxColumnEncoder Create(DataViewSchema.Column column, IdxSaverOptions options)
    {
        if (column.Type is not (KeyDataViewType or NumberDataViewType)
            || column.Type.RawType == typeof(float)
            || column.Type.RawType == typeof(double))
        {
            throw new ArgumentOutOfRangeException(
                nameof(column),
                $"The column '{column.Name}' is {column.Type}, but labels are keys or whole numbers: "
                + "apply MapValueToKey first, "
                + $"or name another column by {nameof(options.LabelColumnName)}.");
        }

        return column.Type.RawType switch
        {
            var type when type == typeof(byte) => Create<byte>(column, options),
            var type when type == typeof(sbyte) => Create<sbyte>(column, options),
            var type when type == typeof(short) => Create<short>(column, options),
            var type when type == typeof(ushort) => Create<ushort>(column, options),
            var type when type == typeof(int) => Create<int>(column, options),
            var type when type == typeof(uint) => Create<uint>(column, options),
            var type when type == typeof(long) => Create<long>(column, options),
            _ => Create<ulong>(column, options),
        };
    }

    private static IdxLabelEncoder<T> Create<T>(DataViewSchema.Column column, IdxSaverOptions options)
        where T : unmanaged, IBinaryInteger<T>
    {
        var fitsByte = column.Type is KeyDataViewType key
            ? key.Count <= (ulong)Math.Max(byte.MaxValue + 1 - options.FirstLabel, 0)
            : typeof(T) == typeof(byte);
        return new(column, options.LabelElementType ?? (fitsByte ? IdxElementType.UInt8 : IdxElementType.Int32), options.FirstLabel);
    }
}
