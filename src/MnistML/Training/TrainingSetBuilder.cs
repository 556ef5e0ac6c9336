using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>
/// Gathers rows into tensors. Rows are written straight into libtorch's memory, in one piece if their number is known and in pieces
/// that are joined at the end if it is not. It owns the pieces.
/// </summary>
internal sealed class TrainingSetBuilder(int featureCount, int classCount, long? expectedRows) : IDisposable
{
    /// <summary>What a piece takes if the number of rows is unknown: large enough that a set has few of them.</summary>
    private const long PieceBytes = 64 << 20;

    /// <summary>The most that a span over a piece can reach.</summary>
    private const long MostPieceBytes = int.MaxValue;

    private readonly List<Tensor> _pieces = [];
    private readonly List<long> _labels = [];
    private int _rowsInPiece;
    private int _pieceCapacity;

    private long RowBytes => (long)featureCount * sizeof(float);

    /// <summary>Appends a row with its zero-based class, and gives the memory that its features go to.</summary>
    public Span<float> AppendRow(long label)
    {
        if (_rowsInPiece == _pieceCapacity)
        {
            AppendPiece();
        }

        _labels.Add(label);
        var rowBytes = checked((int)RowBytes);
        return MemoryMarshal.Cast<byte, float>(_pieces[^1].bytes.Slice(_rowsInPiece++ * rowBytes, rowBytes));
    }

    /// <summary>The rows as a training set, which the caller owns. One piece is not copied: the set's tensor is a view of it.</summary>
    public TrainingSet Build()
    {
        using var scope = NewDisposeScope();
        if (_pieces.Count == 0)
        {
            AppendPiece();
        }

        Tensor[] filled = [.. _pieces.SkipLast(1), _pieces[^1].narrow(0, 0, _rowsInPiece)];
        var features = filled.Length == 1 ? filled[0] : cat(filled);
        return new TrainingSet(scope.Detach(features), scope.Detach(tensor(_labels, int64)), classCount);
    }

    public void Dispose()
    {
        foreach (var piece in _pieces)
        {
            piece.Dispose();
        }

        _pieces.Clear();
    }

    private void AppendPiece()
    {
        var wanted = _pieces.Count == 0 && expectedRows is { } rows ? rows : PieceBytes / RowBytes;
        _pieceCapacity = (int)Math.Clamp(wanted, 1, MostPieceBytes / RowBytes);
        _pieces.Add(empty(_pieceCapacity, featureCount).DetachFromDisposeScope());
        _rowsInPiece = 0;
    }
}
