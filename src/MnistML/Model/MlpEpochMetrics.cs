namespace MnistML;

/// <summary>The metrics of one epoch of training, which is one pass over all training rows.</summary>
public sealed record MlpEpochMetrics
{
    /// <summary>The epoch's number; the first is 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>
    /// Mean loss over the epoch's training rows, each computed just before the update of its batch: the cross-entropy in nats, with label
    /// smoothing, weights and dropout, if there are any; in regression the loss of the options, in the label's unit or its square. Rows
    /// count by their weights, and a smaller last batch by its rows.
    /// </summary>
    public required double TrainLoss { get; init; }

    /// <summary>
    /// Share of the epoch's training rows whose most probable class was their label, from 0 to 1, just before the update of their batch;
    /// null in regression.
    /// </summary>
    public required double? TrainAccuracy { get; init; }

    /// <summary>
    /// In regression the root mean squared error over the epoch's training rows, in the label's unit, just before the update of their
    /// batch, whatever the loss; null in classification.
    /// </summary>
    public double? TrainRootMeanSquaredError { get; init; }

    /// <summary>
    /// Mean loss over all validation rows after the epoch, without smoothing, weights or dropout, in the unit of <see cref="TrainLoss"/>;
    /// null without validation data.
    /// </summary>
    public double? ValidationLoss { get; init; }

    /// <summary>
    /// Share of all validation rows whose most probable class is their label, from 0 to 1, after the epoch; null without validation data
    /// and in regression.
    /// </summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>
    /// In regression the root mean squared error over all validation rows after the epoch, in the label's unit; null without validation
    /// data and in classification.
    /// </summary>
    public double? ValidationRootMeanSquaredError { get; init; }

    /// <summary>
    /// Mean loss over the training rows after the epoch, each predicted by the member that left it out, in the unit of
    /// <see cref="TrainLoss"/> but without smoothing and dropout; in classification at the temperature that makes it least, if one is
    /// calibrated. Of more than 131,072 rows, or 4,194,304 outputs, it is computed for an even part. Null in epochs that do not end a
    /// cycle, and without <see cref="MlpTrainingOptions.OutOfFold"/>.
    /// </summary>
    public double? OutOfFoldLoss { get; init; }

    /// <summary>
    /// Share of these rows whose most probable class is their label, from 0 to 1; null where <see cref="OutOfFoldLoss"/> is, and in
    /// regression.
    /// </summary>
    public double? OutOfFoldAccuracy { get; init; }

    /// <summary>
    /// In regression the root mean squared error over these rows, in the label's unit; null where <see cref="OutOfFoldLoss"/> is, and in
    /// classification.
    /// </summary>
    public double? OutOfFoldRootMeanSquaredError { get; init; }

    /// <summary>The learning rate of the epoch's last update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Wall time in seconds, including shuffling and loading of rows, without validation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training rows a second of that time.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>The loss that selects the best weights: that of rows that were not learned from; null where there is none.</summary>
    internal double? SelectionLoss => OutOfFoldLoss ?? ValidationLoss;

    /// <summary>The loss that schedules and early stopping monitor: that of selection if there is one, else the training loss.</summary>
    internal double WatchedLoss => SelectionLoss ?? TrainLoss;
}
