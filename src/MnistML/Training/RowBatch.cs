using MnistML.Network;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>
/// Rows that go through the network together. Rows of a store are only named until they are asked for, so that those who compute may gather them, each
/// his own. It owns the memory of rows that it holds itself, which it takes only if there are any.
/// </summary>
internal sealed class RowBatch : IDisposable
{
    private readonly int _featureCount;
    private readonly int _capacity;
    private readonly RowTag[] _tags;
    private readonly RowStore?[] _stores;
    private readonly int[] _places;
    private Tensor? _features;
    private TensorMemory _memory;

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
        _capacity = capacity;
        _tags = new RowTag[capacity];
        _stores = new RowStore?[capacity];
        _places = new int[capacity];
    }

    public int RowCount { get; private set; }

    /// <summary>Draws what is changed in its rows: how they are augmented, and what noise is added. Whoever takes the batch for learning sets it.</summary>
    public ulong Seed { get; set; }

    /// <summary>float32, <c>[rows, features]</c>. The caller's scope owns it, as the next two.</summary>
    public Tensor Features
    {
        get
        {
            Gather();
            return _features!.narrow(0, 0, RowCount);
        }
    }

    /// <summary>int64, <c>[rows]</c>: zero-based classes.</summary>
    public Tensor Labels => tensor([.. _tags.Take(RowCount).Select(tag => (long)tag.Label)], ScalarType.Int64, CPU);

    /// <summary>float32, <c>[rows]</c>: what the source gives, not yet divided by their mean.</summary>
    public Tensor Weights => tensor([.. _tags.Take(RowCount).Select(tag => tag.Weight)], ScalarType.Float32, CPU);

    public RowTag TagOf(int row) => _tags[row];

    /// <summary>Draws how a row is augmented.</summary>
    public ulong SeedOf(int row) => Seeds.ForRow(Seed, row);

    /// <summary>Gives a row's features. Several threads may ask at once.</summary>
    public void CopyFeatures(int row, Span<float> features)
    {
        if (_stores[row] is { } store)
        {
            store.CopyFeatures(_places[row], features);
        }
        else
        {
            OwnRow(row).CopyTo(features);
        }
    }

    public void Clear() => RowCount = 0;

    /// <summary>Appends rows of a store, which must stay as they are until they are read from here, or gathered.</summary>
    public void Append(RowStore store, ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
        {
            (_tags[RowCount], _stores[RowCount], _places[RowCount]) = (store.TagOf(row), store, row);
            RowCount++;
        }
    }

    /// <summary>Appends the next row of a reader, if there is one.</summary>
    public bool TryAppend(IRowReader reader)
    {
        if (!reader.Read(OwnRow(RowCount), out var tag))
        {
            return false;
        }

        (_tags[RowCount], _stores[RowCount]) = (tag, null);
        RowCount++;
        return true;
    }

    /// <summary>Copies the rows that are still their stores' alone, so that those may change.</summary>
    public void Gather()
    {
        for (var row = 0; row < RowCount; row++)
        {
            if (_stores[row] is { } store)
            {
                store.CopyFeatures(_places[row], OwnRow(row));
                _stores[row] = null;
            }
        }
    }

    /// <summary>Counts the rows in.</summary>
    public void AddTo(RowStatistics statistics)
    {
        Gather();
        for (var row = 0; row < RowCount; row++)
        {
            statistics.Add(OwnRow(row), _tags[row]);
        }
    }

    public void Dispose() => _features?.Dispose();

    private Span<float> OwnRow(int row)
    {
        if (_features is null)
        {
            _features = empty([_capacity, _featureCount], ScalarType.Float32, CPU).DetachFromDisposeScope();
            _memory = new TensorMemory(_features);
        }

        return _memory.Singles.Slice(row * _featureCount, _featureCount);
    }
}
