using Microsoft.ML.Runtime;

namespace MnistML.Trainers;

/// <summary>Writes a line for each epoch to the log, and forwards all reports.</summary>
internal sealed class LoggedProgress(IChannel channel, IProgress<MlpProgress>? next) : IProgress<MlpProgress>
{
    public void Report(MlpProgress value)
    {
        if (value.Metrics is { } metrics)
        {
            var validation = metrics.ValidationLoss is { } loss
                ? $", validation {Describe(loss, metrics.ValidationAccuracy, metrics.ValidationRootMeanSquaredError)}"
                : "";
            var outOfFold = metrics.OutOfFoldLoss is { } leftOut
                ? $", out of fold {Describe(leftOut, metrics.OutOfFoldAccuracy, metrics.OutOfFoldRootMeanSquaredError)}"
                : "";
            var cycle = value.Cycle > 1 || metrics.OutOfFoldLoss is not null ? $", cycle {value.Cycle}" : "";
            channel.Info(
                MessageSensitivity.None,
                $"Epoch {metrics.Epoch}/{value.EpochCount}{cycle}: training "
                + $"{Describe(metrics.TrainLoss, metrics.TrainAccuracy, metrics.TrainRootMeanSquaredError)}{validation}{outOfFold}"
                + FormattableString.Invariant($", learning rate {metrics.LearningRate:G4}, ")
                + FormattableString.Invariant($"{metrics.Seconds:F2} s, {metrics.RowsPerSecond:F0} rows/s"));
        }

        next?.Report(value);
    }

    /// <summary>Losses and errors of a regression may be of any size, as its labels.</summary>
    private static string Describe(double loss, double? accuracy, double? error) => error is null
        ? FormattableString.Invariant($"loss {loss:F4}, accuracy {accuracy:F4}")
        : FormattableString.Invariant($"loss {loss:G5}, root mean squared error {error:G5}");
}
