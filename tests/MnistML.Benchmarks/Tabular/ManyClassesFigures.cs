using System.Diagnostics;
using Microsoft.ML;
using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Benchmarks.Tabular;

/// <summary>One trainer's life with many classes, in a process of its own.</summary>
internal sealed record ManyClassesFigures
{
    public const int Predictions = 1_000;

    /// <summary>Neighbouring centres of 20,000 classes are about six times as far from each other.</summary>
    private const float Noise = 0.1f;

    private const double Mebibyte = 1 << 20;

    public required string Trainer { get; init; }

    public required double FitSeconds { get; init; }

    public required double SaveSeconds { get; init; }

    public required double LoadSeconds { get; init; }

    public required double PredictSeconds { get; init; }

    public required double Accuracy { get; init; }

    /// <summary>Whether the loaded model's scores are those of the live one, bit for bit.</summary>
    public required bool AreBitsEqual { get; init; }

    public required double FileMebibytes { get; init; }

    public required double PeakMebibytes { get; init; }

    public double Seconds => FitSeconds + SaveSeconds + LoadSeconds + PredictSeconds;

    /// <summary>Trains, saves, loads and predicts.</summary>
    /// <param name="contestant">The trainer, with its default options.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="rowsOfClass">Rows of each.</param>
    /// <param name="seed">Draws rows and weights.</param>
    public static ManyClassesFigures Measure(Contestant contestant, int classes, int rowsOfClass, int seed)
    {
        LibTorch.EnsureLoaded();
        var (mlContext, table) = (new MLContext(seed), new ClassRows(classes, seed, Noise));
        var (data, tests) = (table.ToView(mlContext, table.Take(classes * rowsOfClass)), table.TakeAny(Predictions));
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.zip");

        var watch = Stopwatch.StartNew();
        var model = contestant.Create(mlContext).Fit(data);
        var fitSeconds = Lap();
        mlContext.Model.Save(model, data.Schema, path);
        var saveSeconds = Lap();
        var loaded = mlContext.Model.LoadMlp(path, out _);
        var loadSeconds = Lap();
        using var engine = table.CreateEngine(mlContext, loaded);
        var predictions = Array.ConvertAll(tests, row => Summary.Of(engine.Predict(row)));
        var predictSeconds = Lap();

        using var live = table.CreateEngine(mlContext, model);
        return new ManyClassesFigures
        {
            Trainer = model is MlpTransformer mlp ? $"{contestant.Name} {mlp.Model.Architecture}" : contestant.Name,
            FitSeconds = fitSeconds,
            SaveSeconds = saveSeconds,
            LoadSeconds = loadSeconds,
            PredictSeconds = predictSeconds,
            Accuracy = predictions.Zip(tests).Average(pair => pair.First.Key == pair.Second.Label + 1 ? 1.0 : 0),
            AreBitsEqual = predictions.Zip(tests).All(pair => Summary.Of(live.Predict(pair.Second)) == pair.First),
            FileMebibytes = new FileInfo(path).Length / Mebibyte,
            PeakMebibytes = OwnProcess.PeakMebibytes,
        };

        double Lap()
        {
            var seconds = watch.Elapsed.TotalSeconds;
            watch.Restart();
            return seconds;
        }
    }

    /// <summary>A prediction without its scores: 20,000 for each of 1,000 rows would be 80 MB that are not the trainer's.</summary>
    private readonly record struct Summary(uint Key, int HashOfScores)
    {
        public static Summary Of(ClassRows.Prediction prediction)
        {
            var hash = new HashCode();
            foreach (var score in prediction.Score)
            {
                hash.Add(BitConverter.SingleToInt32Bits(score));
            }

            return new Summary(prediction.PredictedLabel, hash.ToHashCode());
        }
    }
}
