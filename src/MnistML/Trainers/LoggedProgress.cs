using Microsoft.ML.Runtime;

namespace MnistML.Trainers;

/// <summary>Writes a line for each epoch to the log, and forwards all reports.</summary>
internal sealed class LoggedProgress(IChannel channel, IProgress<MlpProgress>? next) : IProgress<MlpProgress>
{
    public void Report(MlpProgress value)
    {
        if (value.Metrics is { } metrics)
        {
            var validation = metrics.ValidationLoss is null
                ? ""
                : FormattableString.Invariant($", validation loss {metrics.ValidationLoss:F4}, accuracy {metrics.ValidationAccuracy:F4}");
            channel.Info(
                MessageSensitivity.None,
                FormattableString.Invariant($"Epoch {metrics.Epoch}/{value.EpochCount}: training loss {metrics.TrainLoss:F4}, ")
                + FormattableString.Invariant($"accuracy {metrics.TrainAccuracy:F4}{validation}, learning rate {metrics.LearningRate:G4}, ")
                + FormattableString.Invariant($"{metrics.Seconds:F2} s, {metrics.RowsPerSecond:F0} rows/s"));
        }

        next?.Report(value);
    }
}
