using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Data.Saving;

/// <summary>Encodes values of one .NET type as elements of another, scaled and checked; sparse vectors become dense.</summary>
internal sealed class IdxItemEncoder<TSource, TElement> : IdxColumnEncoder
    where TSource : unmanaged
    where TElement : unmanaged, INumber<TElement>, IMinMaxValue<TElement>
{
    /// <summary>
    /// How far from a whole number a value may be that is stored as one: two roundings of Single put an integer of 16 bits, divided and
    /// multiplied again, off by 2¹⁵ × 2⁻²³.
    /// </summary>
    private const double WholeTolerance = 1.0 / 256;

    private static readonly bool IsInteger = typeof(TElement) != typeof(float) && typeof(TElement) != typeof(double);
    private static readonly double Smallest = double.CreateChecked(TElement.MinValue);
    private static readonly double Largest = double.CreateChecked(TElement.MaxValue);

    private readonly float _scale;
    private readonly Func<TSource, double> _toDouble;
    private readonly bool _isCopied;
    private readonly TSource[] _values;
    private readonly TElement[] _elements;
    private Action<long>? _read;

    public IdxItemEncoder(DataViewSchema.Column column, IdxElementType elementType, float scale, Func<TSource, double> toDouble)
        : base(column, elementType, column.Type is VectorDataViewType vector ? vector.Dimensions : [])
    {
        _scale = scale;
        _toDouble = toDouble;

        // Copying also keeps the bits of a NaN, which conversion would not.
        _isCopied = typeof(TSource) == typeof(TElement) && scale == 1;
        _values = new TSource[(column.Type as VectorDataViewType)?.Size ?? 1];
        _elements = new TElement[_values.Length];
    }

    public override void Bind(DataViewRow row)
    {
        if (Column.Type is not VectorDataViewType)
        {
            var getValue = row.GetGetter<TSource>(Column);
            _read = _ => getValue(ref _values[0]);
            return;
        }

        var getVector = row.GetGetter<VBuffer<TSource>>(Column);
        VBuffer<TSource> vector = default;
        _read = rowIndex =>
        {
            getVector(ref vector);
            if (vector.Length != _values.Length)
            {
                throw new InvalidDataException(
                    $"Row {rowIndex} (zero-based) of the column '{Column.Name}' has {vector.Length} values, "
                    + $"but its type is {Column.Type}: correct the step that creates the column.");
            }

            vector.CopyTo(_values);
        };
    }

    public override ReadOnlySpan<byte> Encode(long rowIndex)
    {
        _read!(rowIndex);
        if (_isCopied)
        {
            MemoryMarshal.Cast<TSource, TElement>(_values).CopyTo(_elements);
        }
        else
        {
            for (var slot = 0; slot < _values.Length; slot++)
            {
                _elements[slot] = Convert(rowIndex, slot, _toDouble(_values[slot]));
            }
        }

        return IdxValues.EncodeInPlace<TElement>(_elements);
    }

    private TElement Convert(long rowIndex, int slot, double value)
    {
        var scaled = value * _scale;
        if (IsInteger)
        {
            var whole = Math.Round(scaled);
            return Math.Abs(scaled - whole) <= WholeTolerance && whole >= Smallest && whole <= Largest
                ? TElement.CreateTruncating(whole)
                : throw Unfit(rowIndex, slot, value, scaled);
        }

        var element = TElement.CreateTruncating(scaled);
        return TElement.IsFinite(element) || !double.IsFinite(value) ? element : throw Unfit(rowIndex, slot, value, scaled);
    }

    private InvalidDataException Unfit(long rowIndex, int slot, double value, double scaled)
    {
        var where = Column.Type is VectorDataViewType ? $"Row {rowIndex}, slot {slot} (both zero-based)" : $"Row {rowIndex} (zero-based)";
        var times = _scale == 1
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", which times {nameof(IdxSaverOptions.Scale)} {_scale} is {scaled}");
        var room = IsInteger ? "whole numbers from" : "numbers from";
        return new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{where} of the column '{Column.Name}' holds {value}{times}, but {ElementType} has room for {room} {Smallest} to {Largest}: "
            + $"choose another {nameof(IdxSaverOptions.ElementType)} or {nameof(IdxSaverOptions.Scale)}, or take the row out."));
    }
}
