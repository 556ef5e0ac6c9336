using MnistML.Common;
using MnistML.Training.Rows.Stores;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>Rows that are held in memory.</summary>
/// <param name="store">The store, which may hold other rows too.</param>
/// <param name="featureCount">Features of each row.</param>
/// <param name="rows">The indices of the rows in the store.</param>
/// <param name="folds">The fold of each row of the store; null for none.</param>
internal sealed class CachedRows(CompactRowStore store, int featureCount, int[] rows, byte[]? folds = null) : ITrainingRows
{
    public int FeatureCount => featureCount;

    public long RowCount => rows.Length;

    public long? StreamBytes => null;

    public IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, EpochSeeds seeds, CancellationToken cancellationToken)
    {
        int[] order = [.. rows];
        new SplitMix64(seeds.Shuffling).Shuffle<int>(order);
        return Read(order, plan, seeds.OfBatch, cancellationToken);
    }

    public IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken) =>
        Read(rows, new BatchPlan(rows.Length, batchSize, JoinsSingleRow: false), batch => (ulong)batch, cancellationToken);

    public ITrainingRows WithFolds(Func<FoldDealer> createDealer)
    {
        var dealer = createDealer();
        var foldOfRow = new byte[store.RowCount];
        foreach (var row in rows)
        {
            foldOfRow[row] = dealer.Deal(store.TargetOf(row)).Fold;
        }

        return new CachedRows(store, featureCount, rows, foldOfRow);
    }

    private IEnumerable<RowBatch> Read(int[] order, BatchPlan plan, Func<int, ulong> seedOfBatch, CancellationToken cancellationToken)
    {
        var batch = new RowBatch(plan.Capacity);
        for (var i = 0; i < plan.BatchCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Begin(seedOfBatch(i));
            batch.Append(store, order.AsSpan(i * plan.BatchSize, plan.SizeOf(i)), folds);
            yield return batch;
        }
    }
}
