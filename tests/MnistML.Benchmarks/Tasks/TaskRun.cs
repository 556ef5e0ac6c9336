using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;

namespace MnistML.Benchmarks.Tasks;

/// <summary>The figures of one training in a process of its own.</summary>
/// <param name="EpochSeconds">The median of its epochs but for the first, which compiles.</param>
/// <param name="PeakMebibytes">The peak of the process's physical memory.</param>
internal sealed record TaskRun(double EpochSeconds, double PeakMebibytes)
{
    private const double Mebibyte = 1 << 20;

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
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new TaskRun(seconds, process.PeakWorkingSet64 / Mebibyte)));
    }

    /// <summary>Starts this program anew for one training.</summary>
    public static TaskRun Start(MlpTask task, int rows, int features, int epochs, MlpPrecision precision)
    {
        string[] numbers = [.. new[] { rows, features, epochs }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var start = new ProcessStartInfo(
            "dotnet",
            [
                typeof(TaskRun).Assembly.Location, "tasks", "--task", $"{task}",
                "--rows", numbers[0], "--features", numbers[1], "--epochs", numbers[2], "--precision", $"{precision}",
            ])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<TaskRun>(output)!
            : throw new InvalidOperationException($"The training for {task} ended with exit code {process.ExitCode}.");
    }
}
