using MnistML.Vectors;

namespace MnistML.Network.Matrices;

/// <summary>The values of a <see cref="MixedPrecisionMatrix"/> as float32, whatever their type.</summary>
internal readonly ref struct MixedPrecisionRows(Span<float> singles, Span<ushort> halves, int columnCount)
{
    private readonly Span<float> _singles = singles;
    private readonly Span<ushort> _halves = halves;
    private readonly int _columnCount = columnCount;

    private bool IsSingle => _halves.IsEmpty;

    /// <summary>Memory for a whole row; <see cref="Write(int, ReadOnlySpan{float})"/> stores it in the matrix.</summary>
    public Span<float> ForWrite(int row, Span<float> scratch) => IsSingle
        ? _singles.Slice(row * _columnCount, _columnCount)
        : scratch[.._columnCount];

    /// <summary>A row: the matrix's own memory in float32, otherwise a widened copy in scratch memory.</summary>
    public Span<float> Read(int row, Span<float> scratch) => Read(row, 0, _columnCount, scratch);

    /// <summary>Some columns of a row, likewise.</summary>
    public Span<float> Read(int row, int start, int count, Span<float> scratch)
    {
        var offset = (row * _columnCount) + start;
        if (IsSingle)
        {
            return _singles.Slice(offset, count);
        }

        SpanMath.Widen(_halves.Slice(offset, count), scratch[..count]);
        return scratch[..count];
    }

    /// <summary>Stores a row from <c>ForWrite</c> or <c>Read</c>; a float32 row is in the matrix already.</summary>
    public void Write(int row, ReadOnlySpan<float> values) => Write(row, 0, values);

    /// <summary>Stores some columns of a row, likewise.</summary>
    public void Write(int row, int start, ReadOnlySpan<float> values)
    {
        if (!IsSingle)
        {
            SpanMath.Narrow(values, _halves.Slice((row * _columnCount) + start, values.Length));
        }
    }

    /// <summary>Stores values that are not in the matrix yet, whatever its type.</summary>
    public void Set(int row, int start, ReadOnlySpan<float> values)
    {
        if (IsSingle)
        {
            values.CopyTo(_singles.Slice((row * _columnCount) + start, values.Length));
        }
        else
        {
            Write(row, start, values);
        }
    }
}
