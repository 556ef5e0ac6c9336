using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>A matrix that libtorch multiplies and plain loops fill, in float32 or bfloat16, in the processor's memory. It owns its tensor.</summary>
internal sealed class RowMatrix : IDisposable
{
    private readonly TensorMemory _memory;
    private readonly bool _isSingle;

    public RowMatrix(long rowCount, int columnCount, ScalarType type)
    {
        ColumnCount = columnCount;
        Tensor = empty([rowCount, columnCount], type, CPU).DetachFromDisposeScope();
        _memory = new TensorMemory(Tensor);
        _isSingle = type == ScalarType.Float32;
    }

    public int ColumnCount { get; }

    /// <summary><c>[rows, columns]</c>.</summary>
    public Tensor Tensor { get; }

    /// <summary>Access to the values, for one thread and as long as the matrix lives.</summary>
    public RowValues Rows => _isSingle ? new RowValues(_memory.Singles, [], ColumnCount) : new RowValues([], _memory.Halves, ColumnCount);

    public void Dispose() => Tensor.Dispose();
}

/// <summary>The values of a <see cref="RowMatrix"/> as float32, whichever type they have.</summary>
internal readonly ref struct RowValues(Span<float> singles, Span<ushort> halves, int columnCount)
{
    private readonly Span<float> _singles = singles;
    private readonly Span<ushort> _halves = halves;
    private readonly int _columnCount = columnCount;

    private bool IsSingle => _halves.IsEmpty;

    /// <summary>Memory for a row that is to be written whole; <see cref="Close(int, ReadOnlySpan{float})"/> puts it into the matrix.</summary>
    public Span<float> Create(int row, Span<float> scratch) => IsSingle ? _singles.Slice(row * _columnCount, _columnCount) : scratch[.._columnCount];

    /// <summary>A row: itself where it is float32, else a copy.</summary>
    public Span<float> Open(int row, Span<float> scratch) => Open(row, 0, _columnCount, scratch);

    /// <summary>Columns of a row.</summary>
    public Span<float> Open(int row, int start, int count, Span<float> scratch)
    {
        var offset = (row * _columnCount) + start;
        if (IsSingle)
        {
            return _singles.Slice(offset, count);
        }

        VectorLoops.Widen(_halves.Slice(offset, count), scratch[..count]);
        return scratch[..count];
    }

    /// <summary>Puts a row that was created or opened back; a float32 row needs no putting.</summary>
    public void Close(int row, ReadOnlySpan<float> values) => Close(row, 0, values);

    /// <summary>Puts columns of a row back.</summary>
    public void Close(int row, int start, ReadOnlySpan<float> values)
    {
        if (!IsSingle)
        {
            VectorLoops.Narrow(values, _halves.Slice((row * _columnCount) + start, values.Length));
        }
    }
}
