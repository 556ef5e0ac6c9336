using MnistML.Common;
using MnistML.Network.Losses;

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

    public int RowCount { get; private set; }

    /// <summary>All that is random in the batch is a function of it.</summary>
    public ulong Seed { get; private set; }

    /// <summary>What the network should predict for each row.</summary>
    public ReadOnlySpan<Target> Targets => _targets.AsSpan(0, RowCount);

    /// <summary>What the network should predict for a row, by its index in the batch.</summary>
    public Target TargetOf(int row) => _targets[row];

    /// <summary>Decodes the features of a row. Several threads may call it at once.</summary>
    public void CopyFeatures(int row, Span<float> features) => _stores[row].CopyFeatures(_rows[row], features);

    /// <summary>Decodes the features of a row that are not zero. Several threads may call it at once.</summary>
    public void AppendEntries(int row, SparseRows rows) => _stores[row].AppendEntries(_rows[row], rows);

    /// <summary>Starts the next batch, which has no rows yet.</summary>
    public void Begin(ulong seed) => (RowCount, Seed) = (0, seed);

    /// <summary>Appends rows of a store. The store must keep them until the batch has been used.</summary>
    /// <param name="store">The store.</param>
    /// <param name="rows">The indices of the rows in it.</param>
    /// <param name="folds">The fold of each row of the store; null for those that the store has.</param>
    public void Append(CompactRowStore store, ReadOnlySpan<int> rows, byte[]? folds = null)
    {
        foreach (var row in rows)
        {
            var target = store.TargetOf(row);
            (_targets[RowCount], _stores[RowCount], _rows[RowCount]) =
                (folds is null ? target : target with { Fold = folds[row] }, store, row);
            RowCount++;
        }
    }
}
