using MnistML.Common;
using MnistML.Training.Group;
using MnistML.Training.Rows.Stores;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>
/// One process's share of the rows of a group, in memory. Row i is in lane i modulo the batch size, each lane has an order of its own, and
/// batch b takes the b-th row of every lane. Lanes are dealt out to the processes. So all have equal shares of every batch, and the batches
/// are the same for any number of processes.
/// </summary>
/// <param name="passes">The passes over all rows.</param>
/// <param name="group">The group.</param>
/// <param name="maxBytes">The maximum size of this process's rows.</param>
/// <param name="sharing">Other rows that share the limit, and are read before these; null for none.</param>
internal sealed class LaneRows(RowPasses passes, TrainingGroup group, long maxBytes, LaneRows? sharing = null) : ITrainingRows
{
    private CompactRowStore _store = new(passes.Source.FeatureCount, maxBytes: 0);

    /// <summary>The rows of each of this process's lanes, by their index in the store.</summary>
    private int[][] _lanes = [];
    private int _laneCount;

    public int FeatureCount => passes.Source.FeatureCount;

    /// <summary>The rows of all processes together.</summary>
    public long RowCount => passes.RowCount;

    public long? StreamBytes => null;

    /// <summary>Reads this process's rows, unless it has done so for batches of this size.</summary>
    public void Prepare(int batchSize, CancellationToken cancellationToken)
    {
        if (_laneCount == batchSize)
        {
            return;
        }

        var bytes = Math.Max(maxBytes - (sharing?._store.ByteCount ?? 0), 0);
        var store = new CompactRowStore(FeatureCount, bytes);
        var lanes = new List<int>[group.ShareOf(batchSize)];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = [];
        }

        using var reader = passes.Open(shuffleSeed: null);
        var row = 0L;
        for (; reader.Read(out var features, out var target); row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (own, rank) = Math.DivRem((int)(row % batchSize), group.Size);
            if (rank != group.Rank)
            {
                continue;
            }

            if (!store.HasRoom)
            {
                throw TooManyRows();
            }

            lanes[own].Add(store.RowCount);
            store.Append(features, target);
        }

        if (row != RowCount)
        {
            throw passes.CountChanged();
        }

        (_store, _lanes, _laneCount) = (store, [.. lanes.Select(lane => lane.ToArray())], batchSize);
    }

    public IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, EpochSeeds seeds, CancellationToken cancellationToken)
    {
        Prepare(plan.BatchSize, cancellationToken);
        int[][] lanes = [.. _lanes.Select((lane, own) => Shuffle(lane, seeds.OfLane(LaneAt(own))))];
        var batch = new RowBatch(lanes.Length + 1);
        for (var i = 0; i < plan.BatchCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var size = plan.SizeOf(i);
            var own = group.ShareOf(Math.Min(size, plan.BatchSize));
            var joins = size > plan.BatchSize && group.IsFirst;
            batch.Begin(seeds.OfBatch(i), otherRowCount: size - own - (joins ? 1 : 0));
            for (var lane = 0; lane < own; lane++)
            {
                batch.Append(_store, lanes[lane][i], LaneAt(lane));
            }

            if (joins)
            {
                batch.Append(_store, lanes[0][i + 1], plan.BatchSize);
            }

            yield return batch;
        }
    }

    /// <summary>This process's rows in batches, in their own order.</summary>
    public IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken)
    {
        if (_laneCount == 0)
        {
            Prepare(group.Size, cancellationToken);
        }

        return new CachedRows(_store, FeatureCount, [.. Enumerable.Range(0, _store.RowCount)]).ReadInOrder(batchSize, cancellationToken);
    }

    /// <summary>The first of all rows, the same in every process.</summary>
    public RowBatch ReadFirst(int count, CancellationToken cancellationToken)
    {
        var store = new CompactRowStore(FeatureCount, maxBytes: 0, minRows: count);
        using var reader = passes.Open(shuffleSeed: null);
        while (store.RowCount < count && reader.Read(out var features, out var target))
        {
            cancellationToken.ThrowIfCancellationRequested();
            store.Append(features, target);
        }

        return new CachedRows(store, FeatureCount, [.. Enumerable.Range(0, store.RowCount)]).ReadInOrder(count, cancellationToken).First();
    }

    public ITrainingRows WithFolds(Func<FoldDealer> createDealer) =>
        new LaneRows(passes with { CreateDealer = createDealer }, group, maxBytes, sharing);

    private int LaneAt(int own) => group.Rank + (own * group.Size);

    private static int[] Shuffle(int[] lane, ulong seed)
    {
        int[] order = [.. lane];
        new SplitMix64(seed).Shuffle<int>(order);
        return order;
    }

    private InvalidOperationException TooManyRows() => new(
        $"The rows of the {passes.Source.Name} that rank {group.Rank} of {group.Size} holds take more than "
        + $"{nameof(MlpTrainingOptions.MaxCacheBytes)}, {maxBytes} bytes, and a group does not stream rows. Raise it, or train with more "
        + "processes.");
}
