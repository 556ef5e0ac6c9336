namespace MnistML.Training;

/// <summary>Rows that are held in memory.</summary>
/// <param name="store">Where they are, with others perhaps.</param>
/// <param name="featureCount">Features of each row.</param>
/// <param name="rows">Which of them.</param>
internal sealed class CachedRows(RowStore store, int featureCount, int[] rows) : ITrainingRows
{
    public int FeatureCount => featureCount;

    public long RowCount => rows.Length;

    public IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, int seed, CancellationToken cancellationToken)
    {
        int[] order = [.. rows];
        new Random(seed).Shuffle(order);
        return Read(order, plan, cancellationToken);
    }

    public IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken) =>
        Read(rows, new BatchPlan(rows.Length, batchSize, JoinsSingleRow: false), cancellationToken);

    private IEnumerable<RowBatch> Read(int[] order, BatchPlan plan, CancellationToken cancellationToken)
    {
        using var batch = new RowBatch(featureCount, plan.Capacity);
        for (var i = 0; i < plan.BatchCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            batch.Append(store, order.AsSpan(i * plan.BatchSize, plan.SizeOf(i)));
            yield return batch;
        }
    }
}
