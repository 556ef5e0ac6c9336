namespace MnistML;

/// <summary>What one epoch of training, a pass over all training rows, came to.</summary>
public sealed record MlpEpochMetrics
{
    /// <summary>The epoch's number; the first is 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>
    /// Mean cross-entropy in nats over the epoch's training rows, each computed just before the update that its batch made.
    /// A last batch that is smaller counts by its rows.
    /// </summary>
    public required double TrainLoss { get; init; }

    /// <summary>The learning rate of the epoch's last update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Wall time in seconds, with shuffling and gathering of rows.</summary>
    public required double Seconds { get; init; }
}
