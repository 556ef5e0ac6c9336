using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// What the training of the default options costs on a table, beside that of the single network of 512 and 256 units: seconds in all and
/// peak memory, each training in a process of its own. Both sides take turns.
/// </summary>
internal static class TabularTrainingCommand
{
    private const double MaxTimes = 4;
    private const double MaxTimesMemory = 1.5;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows to train on", DefaultValueFactory = _ => 30_000 };
        var features = new Option<int>("--features") { Description = "Features of a row", DefaultValueFactory = _ => 30 };
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each side, in turn", DefaultValueFactory = _ => 3 };
        var check = new Option<bool>("--check") { Description = "Fail on a ratio of seconds that is too high, not only on memory" };
        var single = new Option<bool?>("--single") { Description = "Train this side alone and print its figures", Hidden = true };
        var command = new Command("tabular-training", "Compare the training of the ensemble for tables with a single network's")
        {
            rows, features, rounds, check, single,
        };
        command.SetAction(parsed =>
        {
            var (rowCount, featureCount) = (parsed.GetValue(rows), parsed.GetValue(features));
            if (parsed.GetValue(single) is { } isSingle)
            {
                OwnProcess.Print(Train(isSingle ? MlpRecipes.Images : MlpRecipes.Fast, rowCount, featureCount));
                return 0;
            }

            return Compare(rowCount, featureCount, parsed.GetValue(rounds), new Verdict(parsed.GetValue(check)));
        });
        return command;
    }

    private static int Compare(int rows, int features, int rounds, Verdict verdict)
    {
        var (ours, others) = (new List<TrainingFigures>(), new List<TrainingFigures>());
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(Start(isSingle: false));
            others.Add(Start(isSingle: true));
        }

        var (ourSeconds, theirSeconds) = (Median(ours, run => run.Seconds), Median(others, run => run.Seconds));
        var (ourMemory, theirMemory) = (Median(ours, run => run.PeakMebibytes), Median(others, run => run.PeakMebibytes));
        Console.WriteLine($"{ours[0].Network} beside {others[0].Network}");
        verdict.ExpectSpeed(
            ourSeconds <= MaxTimes * theirSeconds,
            Text($"seconds of training on {rows:N0} × {features}, at most {MaxTimes} times the single network's: ")
                + Text($"{ourSeconds:F2} and {theirSeconds:F2}, {ourSeconds / theirSeconds:F2} times"));
        verdict.Expect(
            ourMemory <= MaxTimesMemory * theirMemory,
            Text($"peak memory at most {MaxTimesMemory} times: {ourMemory:F0} and {theirMemory:F0} MiB, ")
                + Text($"{ourMemory / theirMemory:F2} times"));
        return verdict.ExitCode;

        TrainingFigures Start(bool isSingle) => OwnProcess.Run<TrainingFigures>(
            "tabular-training", "--single", Text($"{isSingle}"), "--rows", Text($"{rows}"), "--features", Text($"{features}"));
    }

    private static TrainingFigures Train(MlpTrainer.Options options, int rows, int features)
    {
        LibTorch.EnsureLoaded();
        var mlContext = new MLContext(seed: 1);
        var table = ScikitTables.Classification(rows, features: features, informative: 10, flip: 0.1, seed: 1);
        var view = table.ToView(mlContext, Enumerable.Range(0, rows));
        var watch = Stopwatch.StartNew();
        using var model = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options).Fit(view);
        return new TrainingFigures($"{model.Model.Architecture}", watch.Elapsed.TotalSeconds, OwnProcess.PeakMebibytes);
    }

    private static double Median(IEnumerable<TrainingFigures> runs, Func<TrainingFigures, double> select) =>
        Statistics.Median(runs.Select(select));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record TrainingFigures(string Network, double Seconds, double PeakMebibytes);
}
