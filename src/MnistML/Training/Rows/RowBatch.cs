using MnistML.Common;
using MnistML.Network.Losses;
using MnistML.Training.Rows.Stores;

namespace MnistML.Training.Rows;

/// <summary>
/// Rows that go through the network together. It holds their indices in a store; each worker decodes the rows that it needs. One instance
/// serves all batches of an epoch in turn.
/// </summary>
/// <param name="capacity">Rows of the largest batch.</param>
internal sealed class RowBatch(int capacity) : IFeatureRows
{
    private readonly Target[] _targets = new Target[capacity];
    private readonly CompactRowStore[] _stores = new CompactRowStore[capacity];
    private readonly int[] _rows = new int[capacity];
    private readonly int[] _batchIndices = new int[capacity];

    public int RowCount { get; private set; }

    /// <summary>The rows of the batch that other processes of a group have.</summary>
    public int OtherRowCount { get; private set; }

    /// <summary>All that is random in the batch is a function of it.</summary>
    public ulong Seed { get; private set; }

    /// <summary>What the network should predict for each row.</summary>
    public ReadOnlySpan<Target> Targets => _targets.AsSpan(0, RowCount);

    /// <summary>The index of each row in the whole batch: its own, unless other processes have rows too.</summary>
    public ReadOnlySpan<int> BatchIndices => _batchIndices.AsSpan(0, RowCount);

    /// <summary>What the network should predict for a row, by its index in the batch.</summary>
    public Target TargetOf(int row) => _targets[row];

    /// <summary>Decodes the features of a row. Several threads may call it at once.</summary>
    public void CopyFeatures(int row, Span<float> features) => _stores[row].CopyFeatures(_rows[row], features);

    /// <summary>Decodes the features of a row that are not zero. Several threads may call it at once.</summary>
    public void AppendEntries(int row, SparseRows rows) => _stores[row].AppendEntries(_rows[row], rows);

    /// <summary>Starts the next batch, which has no rows yet.</summary>
    /// <param name="seed">The batch's seed.</param>
    /// <param name="otherRowCount">The rows of it that other processes have.</param>
    public void Begin(ulong seed, int otherRowCount = 0) => (RowCount, Seed, OtherRowCount) = (0, seed, otherRowCount);

    /// <summary>Appends rows of a store. The store must keep them until the batch has been used.</summary>
    /// <param name="store">The store.</param>
    /// <param name="rows">The indices of the rows in it.</param>
    /// <param name="folds">The fold of each row of the store; null for those that the store has.</param>
    public void Append(CompactRowStore store, ReadOnlySpan<int> rows, byte[]? folds = null)
    {
        foreach (var row in rows)
        {
            var target = store.TargetOf(row);
            Append(store, row, batchIndex: RowCount, folds is null ? target : target with { Fold = folds[row] });
        }
    }

    /// <summary>Appends a row of a store, with its index in the whole batch.</summary>
    public void Append(CompactRowStore store, int row, int batchIndex) => Append(store, row, batchIndex, store.TargetOf(row));

    private void Append(CompactRowStore store, int row, int batchIndex, Target target)
    {
        (_targets[RowCount], _stores[RowCount], _rows[RowCount], _batchIndices[RowCount]) = (target, store, row, batchIndex);
        RowCount++;
    }
}
