using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Trainers.Columns;
using MnistML.Training.Choices;
using MnistML.Training.Rows;
using static System.FormattableString;

namespace MnistML.Trainers;

/// <summary>Warnings in the log about data and trainings that are valid, but probably not what the user wants.</summary>
/// <param name="channel">The log.</param>
internal sealed class TrainingWarnings(IChannel channel)
{
    /// <summary>A smaller relative fall of the loss in the last epoch counts as none.</summary>
    private const double ClearFall = 0.05;

    /// <summary>A loss below this fraction of a guess's counts as learnt.</summary>
    private const double LearntFraction = 0.1;

    /// <summary>Warns of data from which little can be learnt: rows of one class only, and features that hardly vary.</summary>
    public void Check(RowStatistics statistics, InputColumns columns)
    {
        if (columns.ClassCount > 1 && statistics.RowsOfClass.Count(rows => rows > 0) == 1)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                $"All {statistics.RowCount} rows of the training data have one class of the {columns.ClassCount} that the label column "
                + $"'{columns.Label.Name}' may hold: is that column read correctly?");
        }

        if (columns.Label.Type is NumberDataViewType && statistics is { RowCount: > 1, HasOneLabel: true })
        {
            channel.Warning(
                MessageSensitivity.Schema,
                Invariant($"All {statistics.RowCount} rows of the training data have the label {statistics.TargetScale.Mean} ")
                + $"in the column '{columns.Label.Name}': is that column read correctly?");
        }

        if (statistics.CountUnscalableFeatures() is > 0 and var count)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                $"{count} of {columns.FeatureCount} features in the column '{columns.Features.Name}' vary so little (a standard deviation "
                + Invariant($"of at most {FeatureMoments.MinDeviation:R}) that they are not scaled and nothing can be learnt from them: ")
                + "give them in another unit, so that their values are near 1.");
        }
    }

    /// <summary>
    /// Warns where the label may hold many classes of which fewer than half occur: each has weights, which take time, memory and space in
    /// the file, and none but those that occur is ever predicted.
    /// </summary>
    public void CheckClasses(RowStatistics statistics, InputColumns columns)
    {
        var occurring = statistics.RowsOfClass.Count(rows => rows > 0);
        if (ManyClasses.Are(columns.ClassCount) && occurring < columns.ClassCount / 2)
        {
            channel.Warning(
                MessageSensitivity.Schema,
                Invariant($"The label column '{columns.Label.Name}' is a key of {columns.ClassCount:N0} values, of which {occurring:N0} ")
                + "occur in the training data. Each value has weights, which take time and memory. If the others never come, make "
                + "a key of the labels that occur by mlContext.Transforms.Conversion.MapValueToKey, not by hashing.");
        }
    }

    /// <summary>
    /// Warns where more epochs would clearly lower the training loss: it fell by more than 5 % in the last epoch, and is still above a
    /// tenth of <c>ln(classes)</c>, the loss of a guess; in regression the mean squared error is still above a tenth of the labels'
    /// variance. A training that was stopped early, or whose schedule chose its length, has ended for another reason.
    /// </summary>
    public void Check(IReadOnlyList<MlpEpochMetrics> history, MlpTrainingOptions options, RowStatistics statistics)
    {
        var endsItself = options.EarlyStopping is not null || options.MaxEpochs is null;
        if (history.Count < 2 || endsItself || options.CancellationToken.IsCancellationRequested)
        {
            return;
        }

        var (before, last) = (history[^2].TrainLoss, history[^1].TrainLoss);
        if (last < before * (1 - ClearFall) && !IsLearnt(history[^1], statistics))
        {
            var format = options.Task == MlpTask.Regression ? "G5" : "F4";
            channel.Warning(
                MessageSensitivity.None,
                $"The training loss was still falling after {history.Count} epochs, from "
                + $"{before.ToString(format, CultureInfo.InvariantCulture)} to {last.ToString(format, CultureInfo.InvariantCulture)} "
                + $"in the last one: raise {nameof(options.MaxEpochs)} or the learning rate.");
        }
    }

    private static bool IsLearnt(MlpEpochMetrics last, RowStatistics statistics) => last.TrainRootMeanSquaredError is { } error
        ? error * error <= LearntFraction * Math.Pow(statistics.TargetScale.Deviation, 2)
        : last.TrainLoss <= LearntFraction * Math.Log(statistics.RowsOfClass.Length);
}
