using System.CommandLine;
using System.Globalization;
using Microsoft.ML;

namespace MnistML.Benchmarks.Tasks;

/// <summary>
/// Compares the binary and the regression trainer with the multiclass one of two classes, at the same widths and rows: seconds an epoch and
/// peak memory, each training in a process of its own, and single predictions.
/// </summary>
internal static class TasksCommand
{
    private const double MaxTimes = 1.1;
    private const double MaxTimesMemory = 1.05;
    private const double MaxTimesPrediction = 1;

    private static readonly MlpTask[] Tasks = [MlpTask.Multiclass, MlpTask.Binary, MlpTask.Regression];

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows to train on", DefaultValueFactory = _ => 40_000 };
        var features = new Option<int>("--features") { Description = "Features of a row", DefaultValueFactory = _ => 100 };
        var epochs = new Option<int>("--epochs")
        {
            Description = "Epochs of a training, the first of which is not counted, at least 2",
            DefaultValueFactory = _ => 8,
        };
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each task, in turn", DefaultValueFactory = _ => 7 };
        var precision = new Option<MlpPrecision>("--precision")
        {
            Description = "Of the products",
            DefaultValueFactory = _ => MlpPrecision.Auto,
        };
        var check = new Option<bool>("--check") { Description = "Fail on a ratio of speeds that is too high, not only on memory" };
        var task = new Option<MlpTask?>("--task") { Description = "Train this task alone and print its figures", Hidden = true };
        var command = new Command("tasks", "Compare the binary and the regression trainer with the multiclass one: speed and memory")
        {
            rows, features, epochs, precision, rounds, check, task,
        };
        command.SetAction(parsed =>
        {
            var (rowCount, featureCount, epochCount) = (parsed.GetValue(rows), parsed.GetValue(features), parsed.GetValue(epochs));
            var format = parsed.GetValue(precision);
            if (parsed.GetValue(task) is { } alone)
            {
                TaskRun.Print(alone, rowCount, featureCount, epochCount, format);
                return 0;
            }

            var verdict = new Verdict(parsed.GetValue(check));
            CompareTrainings(rowCount, featureCount, epochCount, format, parsed.GetValue(rounds), verdict);
            ComparePredictions(parsed.GetValue(rounds), verdict);
            return verdict.ExitCode;
        });
        return command;
    }

    private static void CompareTrainings(
        int rows, int features, int epochs, MlpPrecision precision, int rounds, Verdict verdict)
    {
        var runs = Tasks.ToDictionary(task => task, _ => new List<TaskRun>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var task in Tasks)
            {
                runs[task].Add(TaskRun.Start(task, rows, features, epochs, precision));
            }
        }

        var others = runs[MlpTask.Multiclass];
        foreach (var task in Tasks[1..])
        {
            var ours = runs[task];
            var (ourSeconds, theirSeconds) = (MedianSeconds(ours), MedianSeconds(others));
            verdict.ExpectSpeed(
                ourSeconds / theirSeconds <= MaxTimes,
                Text($"{task}, seconds an epoch of {rows:N0} × {features}, at most {MaxTimes} times the multiclass trainer's: ")
                    + Text($"{ourSeconds:F3} and {theirSeconds:F3}: {ourSeconds / theirSeconds:F3} ")
                    + Text($"({LeastSeconds(ours) / LeastSeconds(others):F3} by the least)"));
            var (ourMemory, theirMemory) = (MedianMebibytes(ours), MedianMebibytes(others));
            verdict.Expect(
                ourMemory / theirMemory <= MaxTimesMemory,
                Text($"{task}, peak memory at most {MaxTimesMemory} times the multiclass trainer's: ")
                    + Text($"{ourMemory:F0} and {theirMemory:F0} MiB: {ourMemory / theirMemory:F3}"));
        }

        static double MedianSeconds(List<TaskRun> runs) => Statistics.Median(runs.Select(run => run.EpochSeconds));
        static double LeastSeconds(List<TaskRun> runs) => runs.Min(run => run.EpochSeconds);
        static double MedianMebibytes(List<TaskRun> runs) => Statistics.Median(runs.Select(run => run.PeakMebibytes));
    }

    private static void ComparePredictions(int rounds, Verdict verdict)
    {
        var mlContext = new MLContext(seed: 1);
        using var multiclass = SinglePredictions.Create<MulticlassPrediction>(mlContext, MlpTask.Multiclass);
        using var binary = SinglePredictions.Create<BinaryPrediction>(mlContext, MlpTask.Binary);
        using var regression = SinglePredictions.Create<RegressionPrediction>(mlContext, MlpTask.Regression);
        SinglePredictions[] all = [multiclass, binary, regression];
        for (var round = -1; round < rounds; round++)
        {
            foreach (var predictions in all)
            {
                predictions.Measure(isWarmUp: round < 0);
            }
        }

        foreach (var predictions in all)
        {
            var (ours, others) = (predictions.MedianMicroseconds, multiclass.MedianMicroseconds);
            if (predictions != multiclass)
            {
                verdict.ExpectSpeed(
                    ours / others <= MaxTimesPrediction,
                    Text($"{predictions.Task}, a prediction of {SinglePredictions.Features} features not slower than the multiclass one: ")
                        + Text($"{ours:F2} µs and {others:F2} µs: {ours / others:F3}"));
            }

            verdict.Expect(
                predictions.AllocatedBytes == 0,
                Text($"{predictions.Task}, nothing allocated per prediction: {predictions.AllocatedBytes} bytes in ")
                    + Text($"{SinglePredictions.Count:N0}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class MulticlassPrediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }

    private sealed class BinaryPrediction
    {
        public bool PredictedLabel { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }
    }

    private sealed class RegressionPrediction
    {
        public float Score { get; set; }
    }
}
