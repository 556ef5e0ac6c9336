namespace MnistML;

/// <summary>The progress of a training, reported after each epoch, and within epochs a few times a second.</summary>
public readonly record struct MlpProgress
{
    /// <summary>The epoch under way; the first is 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>
    /// The number of epochs to train; where the schedule has cycles, up to the end of the present one, since each decides on the next.
    /// </summary>
    public required int EpochCount { get; init; }

    /// <summary>
    /// The cycle under way, from 1 on, where the schedule has cycles (<see cref="MlpSchedule.DoublingCycles"/>); 1 where it has none.
    /// </summary>
    public int Cycle { get; init; }

    /// <summary>Batches of this epoch that are done.</summary>
    public required int Batch { get; init; }

    /// <summary>Batches in an epoch; the last may be smaller than the others.</summary>
    public required int BatchCount { get; init; }

    /// <summary>Mean loss over the rows of this epoch so far, as <see cref="MlpEpochMetrics.TrainLoss"/>.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>The metrics of the epoch when it has ended, else null.</summary>
    public MlpEpochMetrics? Metrics { get; init; }
}
