using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MnistML.Benchmarks.Speed;
using MnistML.Datasets;
using MnistML.Native;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Benchmarks.Accuracy;

/// <summary>
/// Measures how much longer an epoch of the fast recipe takes when every image is distorted. It can also draw a sheet of distorted images.
/// </summary>
internal static class AugmentationCommand
{
    private const int Side = 28;
    private const int Classes = 10;
    private const double MaxShareOfEpoch = 0.6;

    /// <summary>The first epoch compiles.</summary>
    private const int Epochs = 4;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each side, in turn", DefaultValueFactory = _ => 5 };
        var rows = new Option<int>("--rows") { Description = "Rows of an epoch", DefaultValueFactory = _ => 60_000 };
        var sheet = new Option<string?>("--sheet")
        {
            Description = "Write a sheet of distorted MNIST images to this PNG instead",
            HelpName = "FILE",
        };
        var check = new Option<bool>("--check") { Description = "Fail on a price that is too high" };
        var command = new Command("augmentation", "What augmentation costs of an epoch, and what it looks like")
        {
            data, rounds, rows, sheet, check,
        };
        command.SetAction(parsed => parsed.GetValue(sheet) is { } path
            ? DrawSheet(Mnist.Find(parsed.GetValue(data), "the sheet"), path)
            : Run(parsed.GetValue(rounds), parsed.GetValue(rows), parsed.GetValue(check)));
        return command;
    }

    private static int Run(int rounds, int rows, bool check)
    {
        LibTorch.EnsureLoaded();
        var options = MlpRecipes.Images with { MaxEpochs = Epochs };
        var data = TrainingData.Read(new PixelRows(rows, Side * Side, Classes), validationSource: null, options, seed: 1);
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            without.Add(MinEpochSeconds(data, options));
            with.Add(MinEpochSeconds(data, options with { Augmentation = new MlpAugmentation(Side, Side) }));
        }

        var (before, after) = (Statistics.Median(without), Statistics.Median(with));
        var verdict = new Verdict(check);
        var ratio = after / before;
        verdict.ExpectSpeed(ratio <= 1 + MaxShareOfEpoch, string.Create(
            CultureInfo.InvariantCulture,
            $"an epoch with augmentation over one without, at most {1 + MaxShareOfEpoch}: {after:F3} and {before:F3} s, ratio {ratio:F2}"));
        return verdict.ExitCode;
    }

    private static double MinEpochSeconds(TrainingData data, MlpTrainer.Options options) =>
        new TrainingLoop(data, options, seed: 1).Run().History.Min(epoch => epoch.Seconds);

    private static int DrawSheet(MnistFiles? files, string path)
    {
        if (files is not null)
        {
            var mlContext = new MLContext(seed: 1);
            AugmentationSheet.Write(path, mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels), Side, Side);
        }

        return 0;
    }
}
