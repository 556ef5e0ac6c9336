using MnistML.Common;

namespace MnistML.Training.Rows.Stores;

/// <summary>The rows of a block that is not full yet: all their features, or only the entries as long as all rows came so.</summary>
/// <param name="capacity">Rows of a block.</param>
/// <param name="featureCount">Features of each row.</param>
internal sealed class OpenRows(int capacity, int featureCount)
{
    private readonly SparseRows _sparse = new();

    /// <summary>All features, row by row; empty until a row comes with all of them.</summary>
    private float[] _dense = [];
    private bool _isDense;

    public int RowCount { get; private set; }

    /// <summary>What the rows take.</summary>
    public long ByteCount => ((long)_dense.Length * sizeof(float)) + ((long)_sparse.EntryCount * (sizeof(int) + sizeof(float)));

    /// <summary>What a full block takes at most.</summary>
    public long MaxByteCount => (long)capacity * featureCount * sizeof(float);

    public void Append(RowFeatures features)
    {
        if (features.IsDense && !_isDense)
        {
            BecomeDense();
        }

        if (_isDense)
        {
            features.CopyTo(RowAt(RowCount));
        }
        else
        {
            _sparse.Append(features);
        }

        RowCount++;
    }

    public void CopyFeatures(int row, Span<float> features)
    {
        if (_isDense)
        {
            RowAt(row).CopyTo(features);
        }
        else
        {
            _sparse.FeaturesOf(row, featureCount).CopyTo(features);
        }
    }

    public void AppendEntries(int row, SparseRows rows) =>
        rows.Append(_isDense ? new RowFeatures(featureCount, RowAt(row)) : _sparse.FeaturesOf(row, featureCount));

    /// <summary>Encodes the rows.</summary>
    public void EncodeTo(EncodedRows block, FloatDictionary palette)
    {
        if (_isDense)
        {
            block.Encode(_dense.AsSpan(0, RowCount * featureCount), featureCount, palette);
        }
        else
        {
            block.Encode(_sparse, featureCount, palette);
        }
    }

    /// <summary>Removes all rows, and keeps the memory for others.</summary>
    public void Clear()
    {
        _sparse.Clear();
        (RowCount, _isDense) = (0, false);
    }

    private Span<float> RowAt(int row) => _dense.AsSpan(row * featureCount, featureCount);

    private void BecomeDense()
    {
        _isDense = true;
        if (_dense.Length == 0)
        {
            _dense = new float[capacity * featureCount];
        }

        for (var row = 0; row < RowCount; row++)
        {
            _sparse.FeaturesOf(row, featureCount).CopyTo(RowAt(row));
        }

        _sparse.Clear();
    }
}
