using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>
/// Shows a training as it goes on: a line for each epoch, and in a terminal two bars below them, of the training and of the epoch, with
/// loss, validation accuracy, pace and time left.
/// </summary>
/// <param name="console">The console to write to.</param>
/// <param name="batchSize">Images in a batch.</param>
internal sealed class TrainingDisplay(IAnsiConsole console, int batchSize)
{
    /// <summary>What is left of 80 columns beside the longest names and figures.</summary>
    private const int BarWidth = 20;

    /// <summary>Trains, giving the training what it reports to.</summary>
    public TResult Run<TResult>(Func<IProgress<MlpProgress>, TResult> train) =>
        console.IsLive() ? RunWithBars(train) : train(new Listener(WriteEpoch));

    private TResult RunWithBars<TResult>(Func<IProgress<MlpProgress>, TResult> train)
    {
        var figures = new FiguresColumn();
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, figures)
            .Start(context =>
            {
                var training = context.AddTask("Reading the images").IsIndeterminate();
                ProgressTask? epoch = null;
                var pace = new TrainingPace(batchSize);
                double? validationAccuracy = null;
                return train(new Listener(progress =>
                {
                    epoch ??= context.AddTask("Batch");
                    pace.Report(progress);
                    validationAccuracy = progress.Metrics?.ValidationAccuracy ?? validationAccuracy;
                    training.IsIndeterminate(false);
                    (training.MaxValue, training.Value) = (
                        (double)progress.EpochCount * progress.BatchCount, ((progress.Epoch - 1.0) * progress.BatchCount) + progress.Batch);
                    (epoch.MaxValue, epoch.Value) = (progress.BatchCount, progress.Batch);
                    training.Description = $"Epoch {progress.Epoch}/{progress.EpochCount}";
                    epoch.Description = $"Batch {progress.Batch}/{progress.BatchCount}";
                    figures[training] =
                        $"loss "
                        + $"{progress.TrainLoss:F4}{(validationAccuracy is null ? "" : $", validation accuracy {validationAccuracy:F4}")}";
                    figures[epoch] = pace.TimeLeft is { } left ? $"{pace.RowsPerSecond:N0} rows/s, {Duration.Format(left)} left" : "";
                    WriteEpoch(progress);
                }));
            });
    }

    private void WriteEpoch(MlpProgress progress)
    {
        if (progress.Metrics is { } metrics)
        {
            var validation = metrics.ValidationLoss is null
                ? ""
                : $", Validation loss: {metrics.ValidationLoss:F4}, accuracy: {metrics.ValidationAccuracy:F4}";
            console.WriteLine(
                $"Epoch {metrics.Epoch}/{progress.EpochCount}, Loss: {metrics.TrainLoss:F4}{validation}, {metrics.Seconds:F2} s");
        }
    }

    /// <summary>
    /// Passes reports on at once, on the thread that trains; <see cref="Progress{T}"/> would deliver them later and out of order.
    /// </summary>
    private sealed class Listener(Action<MlpProgress> report) : IProgress<MlpProgress>
    {
        public void Report(MlpProgress value) => report(value);
    }
}
