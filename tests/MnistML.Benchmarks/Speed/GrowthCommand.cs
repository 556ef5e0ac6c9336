using System.CommandLine;
using System.Globalization;
using MnistML.Native;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Benchmarks.Speed;

/// <summary>
/// Measures whether ten times the rows take ten times the seconds, and how much memory rows take in comparison with their bytes in an IDX
/// file.
/// </summary>
internal static class GrowthCommand
{
    private const int Pixels = 784;
    private const int Classes = 10;
    private const int Factor = 10;
    private const double MaxShareOfTime = 1.05;
    private const double MaxShareOfMemory = 1.2;

    /// <summary>The first epoch compiles.</summary>
    private const int Epochs = 3;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows of the smaller side", DefaultValueFactory = _ => 60_000 };
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each side, in turn", DefaultValueFactory = _ => 3 };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var check = new Option<bool>("--check") { Description = "Fail on a ratio of seconds that is too high, not only on memory" };
        var command = new Command("growth", "Train on ten times the rows: seconds, and memory for the rows") { rows, rounds, json, check };
        command.SetAction(parsed => Run(parsed.GetValue(rows), parsed.GetValue(rounds), parsed.GetValue(json), parsed.GetValue(check)));
        return command;
    }

    private static int Run(int rows, int rounds, string? jsonPath, bool check)
    {
        LibTorch.EnsureLoaded();
        var options = MlpRecipes.Classic with { Precision = MlpPrecision.Auto, MaxEpochs = Epochs };
        var small = Read(rows, options);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var large = Read(rows * Factor, options);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var fileBytes = (long)rows * Factor * (Pixels + 1);

        var (smallSeconds, largeSeconds) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            smallSeconds.Add(MinEpochSeconds(small, options));
            largeSeconds.Add(MinEpochSeconds(large, options));
        }

        GC.KeepAlive(large);
        var (time, memory) = (Statistics.Median(largeSeconds) / Factor / Statistics.Median(smallSeconds), (double)bytes / fileBytes);
        var verdict = new Verdict(check);
        var largeRows = rows * Factor;
        verdict.ExpectSpeed(
            time <= MaxShareOfTime,
            Text($"seconds an epoch at {largeRows:N0} rows over {Factor} times those at {rows:N0} at most {MaxShareOfTime}: {time:F3}"));
        verdict.Expect(
            memory <= MaxShareOfMemory,
            Text($"memory for the rows over their bytes in the file at most {MaxShareOfMemory}: {memory:F3}"));
        Report.Write(jsonPath, new
        {
            Machine = Machine.Current,
            Rows = rows,
            Rounds = rounds,
            Small = smallSeconds,
            Large = largeSeconds,
            Time = time,
            Memory = memory,
        });
        return verdict.ExitCode;
    }

    private static TrainingData Read(int rows, MlpTrainer.Options options) =>
        TrainingData.Read(new PixelRows(rows, Pixels, Classes), validationSource: null, options, seed: 1);

    private static double MinEpochSeconds(TrainingData data, MlpTrainer.Options options) =>
        new TrainingLoop(data, options, seed: 1).Run().History.Min(epoch => epoch.Seconds);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
