using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common;
using MnistML.Datasets;
using MnistML.Training.Augmentation;

namespace MnistML.Benchmarks.Accuracy;

/// <summary>
/// Trains the recipes on all of MNIST's training images and evaluates them on the test set, once for each recipe and seed. It also prints
/// what averaging several networks, and averaging over distorted copies of each image, would bring. These cost several times the scoring
/// time and are not part of a model.
/// </summary>
internal static class FinalStudy
{
    /// <summary>Distorted copies of each test image.</summary>
    private const int CopyCount = 16;

    public static void Run(MnistFiles files, IEnumerable<StudyVariant> recipes, int[] seeds)
    {
        Console.WriteLine($"{"recipe",-28} {"accuracy",9} {"least",9} {"most",9} {"log-loss",9} {"seconds",8}");
        foreach (var recipe in recipes)
        {
            TestRun[] runs = [.. seeds.Select(seed => Test(files, recipe.Options with { Seed = seed }))];
            double[] accuracies = [.. runs.Select(run => run.Accuracy)];
            var (logLoss, seconds) = (runs.Average(run => run.LogLoss), runs.Average(run => run.Seconds));
            Console.WriteLine(Text($"{recipe.Name,-28} {ToColumns(accuracies)} {logLoss,9:F4} {seconds,8:F1}"));
            if (seeds.Length > 1)
            {
                var together = ClassScores.Mean([.. runs.Select(run => run.Plain)]);
                Console.WriteLine(Text($"{$"  {seeds.Length} of them together",-28} {together.Accuracy,9:P3}"));
            }

            if (recipe.Options.Augmentation is not null)
            {
                double[] ofCopies = [.. runs.Select(run => run.WithCopies.Accuracy)];
                Console.WriteLine(Text($"{$"  and {CopyCount} distorted copies",-28} {ToColumns(ofCopies)}"));
            }
        }
    }

    private static TestRun Test(MnistFiles files, MlpTrainer.Options options)
    {
        var mlContext = new MLContext(options.Seed);
        var watch = Stopwatch.StartNew();
        using var model = new MlpTrainer(mlContext, options).Fit(mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels));
        var seconds = watch.Elapsed.TotalSeconds;
        var scored = model.Transform(mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels));
        int[] labels = [.. scored.GetColumn<uint>("Label").Select(key => (int)key - 1)];
        float[][] images = [.. scored.GetColumn<float[]>("Features")];
        var plain = ClassScores.Of(scored, labels);
        ClassScores[] ofCopies = options.Augmentation is { } augmentation
            ? [.. Enumerable.Range(1, CopyCount).Select(copy => Distort(mlContext, images, augmentation, copy))
                .Select(distorted => ClassScores.Of(model.Transform(distorted), labels))]
            : [];
        var metrics = mlContext.MulticlassClassification.Evaluate(scored);
        return new TestRun(metrics.MicroAccuracy, metrics.LogLoss, seconds, plain, ClassScores.Mean([plain, .. ofCopies]));
    }

    private static IDataView Distort(MLContext mlContext, float[][] images, MlpAugmentation augmentation, int copy)
    {
        var distorter = new ImageDistorter(augmentation);
        var schema = SchemaDefinition.Create(typeof(Image));
        schema[nameof(Image.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, images[0].Length);
        return mlContext.Data.LoadFromEnumerable(
            images.Select((image, row) =>
            {
                float[] distorted = [.. image];
                distorter.Distort(distorted, Seeds.ForAugmentation(Seeds.ForBatch(seed: 1, epoch: copy, batch: 0), row));
                return new Image { Features = distorted };
            }).ToArray(),
            schema);
    }

    private static string ToColumns(double[] accuracies) =>
        Text($"{accuracies.Average(),9:P3} {accuracies.Min(),9:P3} {accuracies.Max(),9:P3}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record TestRun(double Accuracy, double LogLoss, double Seconds, ClassScores Plain, ClassScores WithCopies);

    private sealed class Image
    {
        public float[] Features { get; set; } = [];
    }
}
