using MnistML.Common;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>The rows of a training or of its validation, in memory or streamed.</summary>
internal interface ITrainingRows
{
    int FeatureCount { get; }

    /// <summary>The rows, of all processes together where there is a group.</summary>
    long RowCount { get; }

    /// <summary>The memory that the rows pass through in each epoch, in bytes; null if all are held.</summary>
    long? StreamBytes { get; }

    /// <summary>Reads what is needed before the first epoch, for batches of a size.</summary>
    void Prepare(int batchSize, CancellationToken cancellationToken)
    {
    }

    /// <summary>
    /// All rows in batches, shuffled by the epoch's seeds; in a group this process's rows of each. A batch is valid until the next is asked
    /// for.
    /// </summary>
    IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, EpochSeeds seeds, CancellationToken cancellationToken);

    /// <summary>
    /// All rows in batches, in their own order; in a group this process's rows. A batch is valid until the next is asked for.
    /// </summary>
    IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken);

    /// <summary>The first rows, in their own order.</summary>
    /// <param name="count">How many, if there are as many; at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    RowBatch ReadFirst(int count, CancellationToken cancellationToken) => ReadInOrder(count, cancellationToken).First();

    /// <summary>The same rows, dealt into folds.</summary>
    /// <param name="createDealer">Makes the dealer of a pass over the rows in their own order.</param>
    ITrainingRows WithFolds(Func<FoldDealer> createDealer);
}
