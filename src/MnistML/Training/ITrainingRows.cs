namespace MnistML.Training;

/// <summary>The rows of a training or of its validation, wherever they are.</summary>
internal interface ITrainingRows
{
    int FeatureCount { get; }

    long RowCount { get; }

    /// <summary>All rows in batches, shuffled by a seed. Each batch holds good until the next is asked for.</summary>
    IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, int seed, CancellationToken cancellationToken);

    /// <summary>All rows in batches, in their own order. Each batch holds good until the next is asked for.</summary>
    IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken);
}
