namespace MnistML;

/// <summary>How far a training is. Reported after each epoch, and within epochs a few times a second.</summary>
public readonly record struct MlpProgress
{
    /// <summary>The epoch under way; the first is 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Number of epochs that are to be trained.</summary>
    public required int EpochCount { get; init; }

    /// <summary>Batches of this epoch that are done.</summary>
    public required int Batch { get; init; }

    /// <summary>Batches in an epoch; the last may be smaller than the others.</summary>
    public required int BatchCount { get; init; }

    /// <summary>Mean loss in nats over the rows of this epoch so far, as <see cref="MlpEpochMetrics.TrainLoss"/>.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>What the epoch came to when it has ended, else null.</summary>
    public MlpEpochMetrics? Metrics { get; init; }
}
