using System.Buffers.Binary;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;
using static System.FormattableString;

namespace MnistML.Data.Saving;

/// <summary>Encodes labels: keys as the labels that they stand for, and whole numbers as they are.</summary>
internal sealed class IdxLabelEncoder<T> : IdxColumnEncoder
    where T : unmanaged, IBinaryInteger<T>
{
    private readonly bool _isKey;
    private readonly int _firstLabel;
    private readonly int _smallest;
    private readonly int _largest;
    private readonly int _elementSize;
    private readonly byte[] _element = new byte[sizeof(int)];
    private ValueGetter<T>? _getLabel;

    public IdxLabelEncoder(DataViewSchema.Column column, IdxElementType elementType, int firstLabel)
        : base(column, elementType, itemDimensions: [])
    {
        _isKey = column.Type is KeyDataViewType;
        _firstLabel = firstLabel;
        (_smallest, _largest, _elementSize) = elementType switch
        {
            IdxElementType.UInt8 => (byte.MinValue, byte.MaxValue, sizeof(byte)),
            IdxElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue, sizeof(sbyte)),
            IdxElementType.Int16 => (short.MinValue, short.MaxValue, sizeof(short)),
            _ => (int.MinValue, int.MaxValue, sizeof(int)),
        };
    }

    public override void Bind(DataViewRow row) => _getLabel = row.GetGetter<T>(Column);

    public override ReadOnlySpan<byte> Encode(long rowIndex)
    {
        var value = T.Zero;
        _getLabel!(ref value);
        if (_isKey && T.IsZero(value))
        {
            throw new InvalidDataException(
                $"Row {rowIndex} (zero-based) of the column '{Column.Name}' holds a missing key, but every item needs its label: "
                + "take the row out.");
        }

        // Keys count from 1. Int128, since a UInt64 plus a first label fits no smaller type.
        var label = Int128.CreateChecked(value) + (_isKey ? _firstLabel - 1 : 0);
        if (label < _smallest || label > _largest)
        {
            throw new InvalidDataException(Invariant(
                $"Row {rowIndex} (zero-based) of the column '{Column.Name}' holds label {label}, but {ElementType} has room for whole ")
                + Invariant($"numbers from {_smallest} to {_largest}: choose another {nameof(IdxSaverOptions.LabelElementType)}."));
        }

        BinaryPrimitives.WriteInt32BigEndian(_element, (int)label);
        return _element.AsSpan(_element.Length - _elementSize);
    }
}
