using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Accuracy;

/// <summary>
/// Compares choices of hyper-parameters on a sixth of MNIST's training images that are set aside, never on the test set. With
/// <c>--final</c> the recipes are evaluated on the test set, once for each recipe and seed (<see cref="FinalStudy"/>).
/// </summary>
internal static class StudyCommand
{
    private const double ValidationFraction = 1.0 / 6;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var stage = new Option<string>("--stage") { Description = "Which choices", DefaultValueFactory = _ => "ingredients" };
        stage.AcceptOnlyFromAmong([.. StudyVariant.Stages.Keys]);
        var only = new Option<string[]>("--only")
        {
            Description = "Only variants whose names contain one of these texts",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [""],
        };
        var seeds = new Option<int[]>("--seeds")
        {
            Description = "Seeds",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 2, 3],
        };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training images [default: the recipe's]" };
        var images = new Option<int?>("--images") { Description = "Take so many images [default: all], without --final" };
        var threads = new Option<int?>("--threads") { Description = "Threads [default: the machine's]" };
        var final = new Option<bool>("--final") { Description = "Train the recipes on all training images, and take the test set" };
        var command = new Command("study", "Compare choices of hyper-parameters, on images set aside")
        {
            data, stage, only, seeds, epochs, images, threads, final,
        };
        command.SetAction(parsed =>
        {
            if (Mnist.Find(parsed.GetValue(data), "study") is not { } files)
            {
                return;
            }

            var isFinal = parsed.GetValue(final);
            var named = StudyVariant.Named(isFinal ? null : parsed.GetValue(stage), parsed.GetValue(only)!);
            var asked = named.Select(variant => variant with
            {
                Options = variant.Options with
                {
                    MaxEpochs = parsed.GetValue(epochs) ?? variant.Options.MaxEpochs,
                    ThreadCount = parsed.GetValue(threads),
                    ValidationFraction = isFinal ? 0 : ValidationFraction,
                },
            });
            if (isFinal)
            {
                FinalStudy.Run(files, asked, parsed.GetValue(seeds)!);
            }
            else
            {
                Compare(files, asked, parsed.GetValue(seeds)!, parsed.GetValue(images));
            }
        });
        return command;
    }

    private static void Compare(MnistFiles files, IEnumerable<StudyVariant> variants, int[] seeds, int? images)
    {
        Console.WriteLine($"{"variant",-28} {"accuracy",9} {"least",9} {"most",9} {"change",13} {"loss",7} {"seconds",8}");
        Scores? first = null;
        foreach (var variant in variants)
        {
            var options = variant.Options;
            StudyRun[] runs = [.. seeds.Select(seed => Train(files, options with { Seed = seed }, images))];
            var accuracies = new Scores([.. runs.Select(run => run.Accuracy)]);
            var change = first is null ? "" : accuracies.Minus(first).ToPoints();
            first ??= accuracies;
            var (mean, min, max) = (accuracies.Mean, accuracies.Values.Min(), accuracies.Values.Max());
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{variant.Name,-28} {mean,9:P3} {min,9:P3} {max,9:P3} {change,13} "
                + $"{runs.Average(run => run.Loss),7:F4} {runs.Average(run => run.Seconds),8:F1}"));
        }
    }

    private static StudyRun Train(MnistFiles files, MlpTrainer.Options options, int? images)
    {
        var mlContext = new MLContext(options.Seed);
        var train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        var watch = Stopwatch.StartNew();
        using var model = new MlpTrainer(mlContext, options).Fit(images is { } count ? mlContext.Data.TakeRows(train, count) : train);
        var seconds = watch.Elapsed.TotalSeconds;
        var last = model.History[^1];
        return new StudyRun(last.ValidationAccuracy!.Value, last.ValidationLoss!.Value, seconds);
    }

    private readonly record struct StudyRun(double Accuracy, double Loss, double Seconds);
}
