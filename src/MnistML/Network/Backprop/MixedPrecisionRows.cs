using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <summary>The values of a <see cref="MixedPrecisionMatrix"/> as float32, whichever type they have.</summary>
internal readonly ref struct MixedPrecisionRows(Span<float> singles, Span<ushort> halves, int columnCount)
{
    private readonly Span<float> _singles = singles;
    private readonly Span<ushort> _halves = halves;
    private readonly int _columnCount = columnCount;

    private bool IsSingle => _halves.IsEmpty;

    /// <summary>Memory for a row that is to be written whole; <see cref="Write(int, ReadOnlySpan{float})"/> puts it into the matrix.</summary>
    public Span<float> ForWrite(int row, Span<float> scratch) => IsSingle ? _singles.Slice(row * _columnCount, _columnCount) : scratch[.._columnCount];

    /// <summary>A row: itself where it is float32, else a copy.</summary>
    public Span<float> Read(int row, Span<float> scratch) => Read(row, 0, _columnCount, scratch);

    /// <summary>Columns of a row.</summary>
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

    /// <summary>Puts a row that was created or opened back; a float32 row needs no putting.</summary>
    public void Write(int row, ReadOnlySpan<float> values) => Write(row, 0, values);

    /// <summary>Puts columns of a row back.</summary>
    public void Write(int row, int start, ReadOnlySpan<float> values)
    {
        if (!IsSingle)
        {
            SpanMath.Narrow(values, _halves.Slice((row * _columnCount) + start, values.Length));
        }
    }
}
