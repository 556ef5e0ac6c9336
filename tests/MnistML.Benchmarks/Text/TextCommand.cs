using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Native;

namespace MnistML.Benchmarks.Text;

/// <summary>
/// Trains on the tens of thousands of sparse features that <c>FeaturizeText</c> gives, beside <c>LbfgsMaximumEntropy</c>, each in a process
/// of its own: seconds, memory, accuracy, predictions; and the same network with all features, whose losses must be the same.
/// </summary>
internal static class TextCommand
{
    private const int TestRows = 1_000;
    private const int Epochs = 3;
    private const int Units = 128;
    private const int Predictions = 400;
    private const double Mebibyte = 1 << 20;
    private const double MaxSecondsRatio = 1.5;
    private const double MaxMemoryRatio = 2.5;
    private const double MaxPredictionMilliseconds = 2;
    private const double LossTolerance = 1e-4;

    private enum Side
    {
        Linear,
        Sparse,
        Dense,
    }

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Texts to train on", DefaultValueFactory = _ => 2_000 };
        var topics = new Option<int>("--topics") { Description = "Topics, the classes", DefaultValueFactory = _ => 10 };
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each side, in turn", DefaultValueFactory = _ => 3 };
        var side = new Option<Side?>("--side") { Description = "Measures one side in this process, and prints its figures", Hidden = true };
        var check = new Option<bool>("--check") { Description = "Fail on a missed ratio of seconds too" };
        var command = new Command("text", "Train on sparse text, beside LbfgsMaximumEntropy: seconds, memory, accuracy, predictions")
        {
            rows, topics, rounds, side, check,
        };
        command.SetAction(parsed => parsed.GetValue(side) is { } one
            ? Print(one, parsed.GetValue(rows), parsed.GetValue(topics))
            : Compare(parsed.GetValue(rows), parsed.GetValue(topics), parsed.GetValue(rounds), parsed.GetValue(check)));
        return command;
    }

    private static int Compare(int rows, int topics, int rounds, bool check)
    {
        var verdict = new Verdict(check);
        var (linear, sparse) = (new List<TextFigures>(), new List<TextFigures>());
        for (var round = 0; round < rounds; round++)
        {
            linear.Add(Run(Side.Linear));
            sparse.Add(Run(Side.Sparse));
        }

        var dense = Run(Side.Dense);
        Console.WriteLine(Format($"{rows:N0} texts, {sparse[0].Features:N0} features, {topics} topics; medians of {rounds}"));
        Describe("LbfgsMaximumEntropy", linear);
        Describe($"{Units} units, {Epochs} epochs", sparse);
        Describe("the same, dense", [dense]);

        var seconds = Median(sparse, side => side.FitSeconds) / Median(linear, side => side.FitSeconds);
        var memory = Median(sparse, side => side.FitMebibytes) / Median(linear, side => side.FitMebibytes);
        var prediction = Median(sparse, side => side.PredictionMilliseconds);
        var difference = sparse[0].Losses.Zip(dense.Losses).Max(pair => Math.Abs(pair.First - pair.Second));
        verdict.ExpectSpeed(
            seconds <= MaxSecondsRatio, Format($"a training takes at most {MaxSecondsRatio} times as long: {seconds:F2}"));
        verdict.Expect(memory <= MaxMemoryRatio, Format($"and at most {MaxMemoryRatio} times the memory: {memory:F2}"));
        verdict.Expect(
            sparse[0].Accuracy >= linear[0].Accuracy,
            Format($"it is at least as accurate: {sparse[0].Accuracy:F4} and {linear[0].Accuracy:F4}"));
        verdict.ExpectSpeed(
            prediction < MaxPredictionMilliseconds,
            Format($"a prediction takes less than {MaxPredictionMilliseconds} ms: {prediction:F3}"));
        verdict.Expect(
            difference <= LossTolerance, Format($"losses are those of the dense training within {LossTolerance}: {difference:E1}"));
        verdict.Expect(sparse.TrueForAll(side => side.LoadedBitsAreEqual), "the loaded model gives the same bits");
        return verdict.ExitCode;

        TextFigures Run(Side side) =>
            OwnProcess.Run<TextFigures>("text", "--side", $"{side}", "--rows", $"{rows}", "--topics", $"{topics}");
    }

    private static int Print(Side side, int rows, int topics)
    {
        var mlContext = new MLContext(seed: 1);
        var texts = new DrawnTexts(seed: 1);
        var (train, test) = (texts.Draw(rows, topics), texts.Draw(TestRows, topics));
        var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label", nameof(DrawnText.Topic))
            .Append(mlContext.Transforms.Text.FeaturizeText("Features", nameof(DrawnText.Words)))
            .Fit(mlContext.Data.LoadFromEnumerable(train));
        var data = pipeline.Transform(mlContext.Data.LoadFromEnumerable(train));
        var testData = pipeline.Transform(mlContext.Data.LoadFromEnumerable(test));
        WarmUp(mlContext, side);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var before = AnonymousMemory.Read() ?? 0;
        using var peak = new PeakAnonymousMemory();
        var watch = Stopwatch.StartNew();
        var model = Fit(mlContext, side, data);
        var seconds = watch.Elapsed.TotalSeconds;
        var mebibytes = ((peak.Read() ?? before) - before) / Mebibyte;

        var whole = new TransformerChain<ITransformer>(pipeline, model);
        var path = Path.GetTempFileName();
        mlContext.Model.Save(whole, mlContext.Data.LoadFromEnumerable(train).Schema, path);
        OwnProcess.Print(new TextFigures(
            ((VectorDataViewType)data.Schema["Features"].Type).Size,
            seconds,
            mebibytes,
            mlContext.MulticlassClassification.Evaluate(model.Transform(testData)).MicroAccuracy,
            Time<TextScores>(mlContext, whole, test),
            Time<TextFeatures>(mlContext, pipeline, test),
            new FileInfo(path).Length / Mebibyte,
            [.. (model as MlpTransformer)?.History.Select(epoch => epoch.TrainLoss) ?? []],
            Scores(mlContext, mlContext.Model.LoadMlp(path, out _), test).SequenceEqual(Scores(mlContext, whole, test))));
        File.Delete(path);
        return 0;
    }

    /// <summary>Compiles what both sides run, and loads libtorch, on a table of two columns.</summary>
    private static void WarmUp(MLContext mlContext, Side side)
    {
        LibTorch.EnsureLoaded();
        var rows = Enumerable.Range(0, 64).Select(row => new WarmUpRow { Label = (uint)(row % 2) + 1, Features = [row % 2, row % 3] });
        var data = mlContext.Data.LoadFromEnumerable(rows.ToArray());
        (Fit(mlContext, side, data) as IDisposable)?.Dispose();
    }

    private static ITransformer Fit(MLContext mlContext, Side side, IDataView data) => side == Side.Linear
        ? mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(data)
        : mlContext.MulticlassClassification.Trainers.Mlp(mlContext, new MlpTrainer.Options
        {
            HiddenLayers = [Units],
            MaxEpochs = Epochs,
            SparseFeatures = side == Side.Dense ? false : null,
        }).Fit(data);

    private static double Time<TPrediction>(MLContext mlContext, ITransformer model, DrawnText[] texts)
        where TPrediction : class, new()
    {
        var engine = mlContext.Model.CreatePredictionEngine<DrawnText, TPrediction>(
            model, new PredictionEngineOptions { OwnsTransformer = false });
        using (engine)
        {
            var milliseconds = new List<double>();
            for (var i = 0; i < 2 * Predictions; i++)
            {
                var start = Stopwatch.GetTimestamp();
                engine.Predict(texts[i % texts.Length]);
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return Statistics.Median(milliseconds.Skip(Predictions));
        }
    }

    private static IEnumerable<float> Scores(MLContext mlContext, ITransformer model, DrawnText[] texts) =>
        model.Transform(mlContext.Data.LoadFromEnumerable(texts)).GetColumn<float[]>("Score").SelectMany(scores => scores);

    private static void Describe(string name, List<TextFigures> sides) => Console.WriteLine(
        Format($"{name,-20} {Median(sides, side => side.FitSeconds),6:F2} s {Median(sides, side => side.FitMebibytes),6:F0} MiB, ")
        + Format($"accuracy {sides[0].Accuracy:F4}, prediction {Median(sides, side => side.PredictionMilliseconds):F3} ms, of which ")
        + Format($"features {Median(sides, side => side.FeaturizeMilliseconds):F3}; file {sides[0].FileMebibytes:F1} MiB"));

    private static double Median(List<TextFigures> sides, Func<TextFigures, double> figure) => Statistics.Median(sides.Select(figure));

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class WarmUpRow
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class TextFeatures
    {
        public VBuffer<float> Features { get; set; }
    }
}
