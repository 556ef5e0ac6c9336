using System.CommandLine;
using System.Globalization;
using MnistML.Native;
using MnistML.Network.Workers;
using MnistML.Training.Loop;
using MnistML.Training.Rows;
using TorchSharp;

namespace MnistML.Benchmarks.Speed;

/// <summary>Measures what share of libtorch's rate of matrix products a training reaches, and where the rest of the time goes.</summary>
internal static class RooflineCommand
{
    private const int Pixels = 784;
    private const int Classes = 10;
    private const double MinShareInSingle = 0.8;
    private const double MinShareInBFloat16 = 0.6;

    /// <summary>Epochs before the one that counts, in which code is compiled and caches are filled.</summary>
    private const int WarmUpEpochs = 2;

    public static Command Create()
    {
        var hidden = new Option<string>("--hidden") { Description = "Units of the hidden layers", DefaultValueFactory = _ => "512,256" };
        var rows = new Option<int>("--rows") { Description = "Rows of an epoch", DefaultValueFactory = _ => 60_000 };
        var batch = new Option<int>("--batch") { Description = "Rows of a batch", DefaultValueFactory = _ => 256 };
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each, in turn", DefaultValueFactory = _ => 5 };
        var threads = new Option<int?>("--threads") { Description = "Threads; else one for each physical core" };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var check = new Option<bool>("--check") { Description = "Fail on a share that is too low" };
        var command = new Command(
            "roofline", "Measure what share of libtorch's rate of matrix products a training reaches, phase by phase")
        {
            hidden, rows, batch, rounds, threads, json, check,
        };
        command.SetAction(parsed =>
        {
            int[] units = [.. parsed.GetValue(hidden)!.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
            var options = MlpRecipes.Classic with
            {
                HiddenLayers = units,
                BatchSize = parsed.GetValue(batch),
                ThreadCount = parsed.GetValue(threads),
            };
            return Run(options, parsed.GetValue(rows), parsed.GetValue(rounds), parsed.GetValue(json), parsed.GetValue(check));
        });
        return command;
    }

    private static int Run(MlpTrainer.Options options, int rows, int rounds, string? jsonPath, bool check)
    {
        LibTorch.EnsureLoaded();
        var threads = options.ChooseThreadCount();
        torch.set_num_threads(threads);
        var architecture = new MlpArchitecture(Pixels, options.HiddenLayers!, Classes);
        var data = TrainingData.Read(new PixelRows(rows, Pixels, Classes), validationSource: null, options, seed: 1);
        var (machine, batchSize) = (Machine.Current, options.BatchSize!.Value);
        Console.WriteLine(Text($"{architecture}, batches of {batchSize}, {rows:N0} rows, {threads} threads, {machine.Processor}"));

        var verdict = new Verdict(check);
        RooflineFigures[] figures =
        [
            Measure(MlpPrecision.Single, torch.ScalarType.Float32, MinShareInSingle),
            Measure(MlpPrecision.BFloat16, torch.ScalarType.BFloat16, MinShareInBFloat16),
        ];
        Report.Write(jsonPath, new
        {
            Machine = machine,
            Network = architecture.ToString(),
            Rows = rows,
            BatchSize = batchSize,
            Threads = threads,
            Rounds = rounds,
            Figures = figures,
        });
        return verdict.ExitCode;

        RooflineFigures Measure(MlpPrecision precision, torch.ScalarType type, double minShare)
        {
            var figure = RooflineCommand.Measure(data, options with { Precision = precision }, architecture, type, rounds);
            figure.Print();
            verdict.ExpectSpeed(
                figure.Share >= minShare, Text($"at least {minShare} of libtorch's own rate in {precision}: {figure.Share:F2}"));
            return figure;
        }
    }

    /// <summary>Measures several times, and gives the measurement with the median share.</summary>
    private static RooflineFigures Measure(
        TrainingData data, MlpTrainer.Options options, MlpArchitecture architecture, torch.ScalarType type, int rounds)
    {
        var figures = new List<RooflineFigures>();
        for (var round = 0; round < rounds; round++)
        {
            // The rate is measured before and after, so that a change in the speed of the machine affects both sides.
            var before = ProductRate.Measure(architecture, options.BatchSize!.Value, type);
            var timer = new PhaseTimer();
            var history = new TrainingLoop(data, options with { MaxEpochs = WarmUpEpochs + 1 }, seed: 1) { Timer = timer }.Run().History;
            var after = ProductRate.Measure(architecture, options.BatchSize!.Value, type);
            figures.Add(RooflineFigures.Of(options, architecture, data.Train.RowCount, (before + after) / 2, history, timer));
        }

        return figures.OrderBy(figure => figure.Share).ElementAt(rounds / 2);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
