using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Shows a training as it goes on: a line for each epoch, and in a terminal a bar that fills with the batches.</summary>
internal sealed class TrainingDisplay(IAnsiConsole console)
{
    /// <summary>Trains, giving the training what it reports to.</summary>
    public TResult Run<TResult>(Func<IProgress<MlpProgress>, TResult> train) =>
        console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi
            ? RunWithBar(train)
            : train(new Listener(WriteEpoch));

    private TResult RunWithBar<TResult>(Func<IProgress<MlpProgress>, TResult> train) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            var bar = context.AddTask("Reading the images").IsIndeterminate();
            return train(new Listener(progress =>
            {
                bar.IsIndeterminate(false);
                bar.MaxValue = (double)progress.EpochCount * progress.BatchCount;
                bar.Value = ((progress.Epoch - 1.0) * progress.BatchCount) + progress.Batch;
                bar.Description = $"Epoch {progress.Epoch}/{progress.EpochCount}";
                WriteEpoch(progress);
            }));
        });

    private void WriteEpoch(MlpProgress progress)
    {
        if (progress.Metrics is { } metrics)
        {
            var validation = metrics.ValidationLoss is null ? "" : $", Validation loss: {metrics.ValidationLoss:F4}, accuracy: {metrics.ValidationAccuracy:F4}";
            console.WriteLine($"Epoch {metrics.Epoch}/{progress.EpochCount}, Loss: {metrics.TrainLoss:F4}{validation}, {metrics.Seconds:F2} s");
        }
    }

    /// <summary>Passes reports on at once, on the thread that trains; <see cref="Progress{T}"/> would deliver them later and out of order.</summary>
    private sealed class Listener(Action<MlpProgress> report) : IProgress<MlpProgress>
    {
        public void Report(MlpProgress value) => report(value);
    }
}
