using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Accuracy;

/// <summary>
/// Compares choices of hyper-parameters on a sixth of MNIST's training images that are set aside, and never on the test set; <c>--final</c> takes that, once for
/// each recipe and seed.
/// </summary>
internal static class StudyCommand
{
    private const double ValidationFraction = 1.0 / 6;
    private const int Side = 28;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var stage = new Option<string>("--stage") { Description = "Which choices", DefaultValueFactory = _ => "ingredients" };
        stage.AcceptOnlyFromAmong([.. StudyVariant.Stages.Keys]);
        var only = new Option<string?>("--only") { Description = "Only variants whose names hold this text", HelpName = "TEXT" };
        var seeds = new Option<int[]>("--seeds") { Description = "Seeds", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2, 3] };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training images [default: the recipe's]" };
        var images = new Option<int?>("--images") { Description = "Take so many training images [default: all]" };
        var threads = new Option<int?>("--threads") { Description = "Threads [default: the machine's]" };
        var final = new Option<bool>("--final") { Description = "Train the recipes on all training images, and take the test set" };
        var command = new Command("study", "Compare choices of hyper-parameters, on images set aside") { data, stage, only, seeds, epochs, images, threads, final };
        command.SetAction(parsed =>
        {
            if (Mnist.Find(parsed.GetValue(data), "study") is not { } files)
            {
                return;
            }

            var isFinal = parsed.GetValue(final);
            var variants = isFinal ? Recipes : StudyVariant.Stages[parsed.GetValue(stage)!];
            Console.WriteLine($"{"variant",-34} {"accuracy",9} {"least",9} {"most",9} {"seconds",8}");
            foreach (var variant in variants.Where(variant => variant.Name.Contains(parsed.GetValue(only) ?? "", StringComparison.OrdinalIgnoreCase)))
            {
                var options = variant.Options with
                {
                    MaxEpochs = parsed.GetValue(epochs) ?? variant.Options.MaxEpochs,
                    ThreadCount = parsed.GetValue(threads),
                    ValidationFraction = isFinal ? 0 : ValidationFraction,
                };
                (double Accuracy, double Seconds)[] runs = [.. parsed.GetValue(seeds)!.Select(seed => Train(files, options with { Seed = seed }, parsed.GetValue(images)))];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{variant.Name,-34} {runs.Average(run => run.Accuracy),9:P3} {runs.Min(run => run.Accuracy),9:P3} {runs.Max(run => run.Accuracy),9:P3} {runs.Average(run => run.Seconds),8:F1}"));
            }
        });
        return command;
    }

    private static IReadOnlyList<StudyVariant> Recipes =>
    [
        new("fast", MlpRecipes.Fast),
        new("accurate", MlpRecipes.Accurate(Side, Side)),
        new("without augmentation", MlpRecipes.Accurate(Side, Side) with
        {
            Augmentation = null,
            DropoutRate = 0.5,
            InputDropoutRate = 0.2,
            LabelSmoothing = 0.1,
            FeatureScaling = MlpFeatureScaling.None,
        }),
    ];

    private static (double Accuracy, double Seconds) Train(MnistFiles files, MlpTrainer.Options options, int? images)
    {
        var mlContext = new MLContext(options.Seed);
        var train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        var watch = Stopwatch.StartNew();
        using var model = new MlpTrainer(mlContext, options).Fit(images is { } count ? mlContext.Data.TakeRows(train, count) : train);
        var seconds = watch.Elapsed.TotalSeconds;
        var accuracy = options.ValidationFraction > 0
            ? model.History[^1].ValidationAccuracy!.Value
            : mlContext.MulticlassClassification.Evaluate(model.Transform(mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels))).MicroAccuracy;
        return (accuracy, seconds);
    }
}
