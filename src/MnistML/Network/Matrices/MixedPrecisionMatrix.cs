using MnistML.Native;
using static TorchSharp.torch;

namespace MnistML.Network.Matrices;

/// <summary>A matrix in float32 or bfloat16 that libtorch multiplies and vector loops read and write. It owns its tensor.</summary>
internal sealed class MixedPrecisionMatrix : IDisposable
{
    private readonly TensorMemory _memory;
    private readonly bool _isSingle;

    public MixedPrecisionMatrix(long rowCount, int columnCount, ScalarType type)
        : this(empty([rowCount, columnCount], type, CPU), columnCount)
    {
    }

    /// <param name="tensor"><c>[rows, columns]</c>, contiguous, in float32 or bfloat16.</param>
    /// <param name="columnCount">Its columns.</param>
    public MixedPrecisionMatrix(Tensor tensor, int columnCount)
    {
        ColumnCount = columnCount;
        Tensor = tensor.DetachFromDisposeScope();
        _memory = new TensorMemory(Tensor);
        _isSingle = tensor.dtype == ScalarType.Float32;
    }

    public int ColumnCount { get; }

    /// <summary><c>[rows, columns]</c>.</summary>
    public Tensor Tensor { get; }

    /// <summary>Access to the values for one thread, valid while the matrix lives.</summary>
    public MixedPrecisionRows Rows => _isSingle
        ? new MixedPrecisionRows(_memory.Singles, [], ColumnCount)
        : new MixedPrecisionRows([], _memory.Halves, ColumnCount);

    public void Dispose() => Tensor.Dispose();
}
