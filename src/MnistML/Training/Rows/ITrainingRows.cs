using MnistML.Common;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>The rows of a training or of its validation, in memory or streamed.</summary>
internal interface ITrainingRows
{
    int FeatureCount { get; }

    long RowCount { get; }

    /// <summary>The memory that the rows pass through in each epoch, in bytes; null if all are held.</summary>
    long? StreamBytes { get; }

    /// <summary>All rows in batches, shuffled by the epoch's seeds. A batch is valid until the next is asked for.</summary>
    IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, EpochSeeds seeds, CancellationToken cancellationToken);

    /// <summary>All rows in batches, in their own order. A batch is valid until the next is asked for.</summary>
    IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken);

    /// <summary>The same rows, dealt into folds.</summary>
    /// <param name="createDealer">Makes the dealer of a pass over the rows in their own order.</param>
    ITrainingRows WithFolds(Func<FoldDealer> createDealer);
}
