using System.Globalization;
using Microsoft.ML;

namespace MnistML.Benchmarks.Tasks;

/// <summary>The figures of one training in a process of its own.</summary>
/// <param name="EpochSeconds">The median of its epochs but for the first, which compiles.</param>
/// <param name="PeakMebibytes">The peak of the process's physical memory.</param>
internal sealed record TaskRun(double EpochSeconds, double PeakMebibytes)
{
    /// <summary>Trains in this process, which does nothing else, and prints the figures.</summary>
    public static void Print(MlpTask task, int rows, int features, int epochs, MlpPrecision precision)
    {
        using var model = TaskRow.Train(new MLContext(seed: 1), task, rows, features, epochs, precision);
        var trained = (int)Math.Round(model.History[0].RowsPerSecond * model.History[0].Seconds);
        if (trained != rows)
        {
            throw new InvalidOperationException($"{task} trained on {trained} rows, not on {rows}: the tasks can't be compared.");
        }

        var seconds = Statistics.Median(model.History.Skip(1).Select(epoch => epoch.Seconds));
        OwnProcess.Print(new TaskRun(seconds, OwnProcess.PeakMebibytes));
    }

    /// <summary>Starts this program anew for one training.</summary>
    public static TaskRun Start(MlpTask task, int rows, int features, int epochs, MlpPrecision precision)
    {
        string[] numbers = [.. new[] { rows, features, epochs }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        return OwnProcess.Run<TaskRun>(
            "tasks", "--task", $"{task}",
            "--rows", numbers[0], "--features", numbers[1], "--epochs", numbers[2], "--precision", $"{precision}");
    }
}
