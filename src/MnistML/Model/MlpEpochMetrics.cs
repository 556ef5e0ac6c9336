namespace MnistML;

/// <summary>What one epoch of training, a pass over all training rows, came to.</summary>
public sealed record MlpEpochMetrics
{
    /// <summary>The epoch's number; the first is 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>
    /// Mean loss over the epoch's training rows, in nats, each computed just before the update that its batch made: the cross-entropy, with label
    /// smoothing and weights, if there are any, and with dropout at work. Rows count by their weights, and a last batch that is smaller by its rows.
    /// </summary>
    public required double TrainLoss { get; init; }

    /// <summary>
    /// Share of the epoch's training rows whose most probable class was their label, from 0 to 1, just before the update that their batch made.
    /// </summary>
    public required double TrainAccuracy { get; init; }

    /// <summary>
    /// Mean cross-entropy in nats over all validation rows after the epoch, without smoothing, weights or dropout; null without validation data.
    /// </summary>
    public double? ValidationLoss { get; init; }

    /// <summary>
    /// Share of all validation rows whose most probable class is their label, from 0 to 1, after the epoch; null without validation data.
    /// </summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The learning rate of the epoch's last update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Wall time in seconds, with shuffling and gathering of rows, without validation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training rows a second of that time.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>The loss that schedules and early stopping watch: the validation loss if there is one, else the training loss.</summary>
    internal double WatchedLoss => ValidationLoss ?? TrainLoss;
}
