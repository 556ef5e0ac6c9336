using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>Rows that go through the network together: tensors in the processor's memory, which are filled again and again. It owns them.</summary>
internal sealed class RowBatch : IDisposable
{
    private readonly int _featureCount;
    private readonly Tensor _features;
    private readonly Tensor _labels;
    private readonly Tensor _weights;

    /// <exception cref="ArgumentException">The features of so many rows take more than 2 GiB.</exception>
    public RowBatch(int featureCount, int capacity)
    {
        if ((long)featureCount * capacity * sizeof(float) > int.MaxValue)
        {
            throw new ArgumentException(
                $"A batch of {capacity} rows with {featureCount} features takes more than 2 GiB; choose a {nameof(MlpTrainingOptions.BatchSize)} of at most "
                + $"{int.MaxValue / sizeof(float) / featureCount - 1}.");
        }

        _featureCount = featureCount;
        _features = empty([capacity, featureCount], ScalarType.Float32, CPU).DetachFromDisposeScope();
        _labels = empty([capacity], ScalarType.Int64, CPU).DetachFromDisposeScope();
        _weights = empty([capacity], ScalarType.Float32, CPU).DetachFromDisposeScope();
    }

    public int RowCount { get; private set; }

    /// <summary>float32, <c>[rows, features]</c>.</summary>
    public Tensor Features => _features.narrow(0, 0, RowCount);

    /// <summary>int64, <c>[rows]</c>: zero-based classes.</summary>
    public Tensor Labels => _labels.narrow(0, 0, RowCount);

    /// <summary>float32, <c>[rows]</c>: what the source gives, not yet divided by their mean.</summary>
    public Tensor Weights => _weights.narrow(0, 0, RowCount);

    public void Clear() => RowCount = 0;

    /// <summary>Appends rows of a store.</summary>
    public void Append(RowStore store, ReadOnlySpan<int> rows)
    {
        var features = MemoryMarshal.Cast<byte, float>(_features.bytes);
        var labels = MemoryMarshal.Cast<byte, long>(_labels.bytes);
        var weights = MemoryMarshal.Cast<byte, float>(_weights.bytes);
        foreach (var row in rows)
        {
            store.CopyFeatures(row, features.Slice(RowCount * _featureCount, _featureCount));
            var tag = store.TagOf(row);
            (labels[RowCount], weights[RowCount]) = (tag.Label, tag.Weight);
            RowCount++;
        }
    }

    /// <summary>Appends the next row of a reader, if there is one.</summary>
    public bool TryAppend(IRowReader reader)
    {
        var features = MemoryMarshal.Cast<byte, float>(_features.bytes).Slice(RowCount * _featureCount, _featureCount);
        if (!reader.Read(features, out var tag))
        {
            return false;
        }

        MemoryMarshal.Cast<byte, long>(_labels.bytes)[RowCount] = tag.Label;
        MemoryMarshal.Cast<byte, float>(_weights.bytes)[RowCount] = tag.Weight;
        RowCount++;
        return true;
    }

    /// <summary>Counts the rows in.</summary>
    public void AddTo(RowStatistics statistics)
    {
        var features = MemoryMarshal.Cast<byte, float>(_features.bytes);
        var labels = MemoryMarshal.Cast<byte, long>(_labels.bytes);
        var weights = MemoryMarshal.Cast<byte, float>(_weights.bytes);
        for (var row = 0; row < RowCount; row++)
        {
            statistics.Add(features.Slice(row * _featureCount, _featureCount), new RowTag((int)labels[row], weights[row]));
        }
    }

    public void Dispose()
    {
        _features.Dispose();
        _labels.Dispose();
        _weights.Dispose();
    }
}
