using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Scoring;

/// <summary>
/// Measures how fast a trained network scores through ML.NET. It is compared with ONNX Runtime on the same network, with the stock chain
/// that a saved model loads as, and with PyTorch.
/// </summary>
internal static class ScoringCommand
{
    private const double MinShareOfOnnxRuntime = 0.8;
    private const double MinTimesStock = 3.5;
    private const double MaxTimesPyTorch = 2;
    private const double MaxTimesBareCall = 1.3;
    private const int StockRows = 10_000;
    private const int SinglePredictions = 20_000;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each side, in turn", DefaultValueFactory = _ => 5 };
        var pyTorch = new Option<string?>("--pytorch")
        {
            Description = "Folder of tensor_loop.py, whose evaluation is compared with Evaluate",
            HelpName = "PATH",
        };
        var check = new Option<bool>("--check") { Description = "Fail on a speed that is too low" };
        var command = new Command("scoring", "Measure scoring through ML.NET against ONNX Runtime, the stock chain and PyTorch")
        {
            data, rounds, pyTorch, check,
        };
        command.SetAction(parsed => Mnist.Find(parsed.GetValue(data), "scoring") is { } files
            ? Run(files, parsed.GetValue(rounds), parsed.GetValue(pyTorch), parsed.GetValue(check))
            : 0);
        return command;
    }

    private static int Run(MnistFiles files, int rounds, string? pyTorch, bool check)
    {
        var mlContext = new MLContext(seed: 1);
        var train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        var test = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);
        var trainer = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, MlpRecipes.Classic with { MaxEpochs = 1 });
        using var model = trainer.Fit(train);
        using var saved = new MemoryStream();
        mlContext.Model.Save(model, train.Schema, saved);
        saved.Position = 0;
        var stock = mlContext.Model.Load(saved, out _);
        using var bare = new BareNetwork(model, [.. train.GetColumn<float[]>("Features")]);

        var verdict = new Verdict(check);
        ComparePasses(model, stock, bare, train, mlContext, rounds, verdict);
        CompareSinglePredictions(model, bare, mlContext, rounds, verdict);
        CompareEvaluation(model, test, mlContext, rounds, PyTorchEvaluation.TryMeasureSeconds(pyTorch, files), verdict);
        (stock as IDisposable)?.Dispose();
        return verdict.ExitCode;
    }

    /// <summary>
    /// Compares one cursor over both columns with ONNX Runtime at its best batch size over rows in memory, and with the stock chain.
    /// </summary>
    private static void ComparePasses(
        MlpTransformer model, ITransformer stock, BareNetwork bare, IDataView train, MLContext mlContext, int rounds, Verdict verdict)
    {
        var rowCount = (int)train.GetRowCount()!.Value;
        var fewRows = mlContext.Data.TakeRows(train, StockRows);
        var (ours, runtimes, stocks) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var ourTime = Microseconds(() => Pass(model.Transform(train)), rowCount);
            var runtimeTime = bare.BatchSizes.Min(size => Microseconds(() => bare.RunAll(size), rowCount));
            var chainTime = Microseconds(() => Pass(stock.Transform(fewRows)), StockRows);
            if (round >= 0)
            {
                ours.Add(ourTime);
                runtimes.Add(runtimeTime);
                stocks.Add(chainTime);
            }
        }

        var (our, runtime, chain) = (Statistics.Median(ours), Statistics.Median(runtimes), Statistics.Median(stocks));
        var (share, timesStock) = (runtime / our, chain / our);
        verdict.ExpectSpeed(
            share >= MinShareOfOnnxRuntime,
            Text($"a pass over PredictedLabel and Score at {MinShareOfOnnxRuntime} of ONNX Runtime's batched rate at least: ")
                + Text($"{our:F2} µs a row, ONNX Runtime {runtime:F2}: {share:F2}"));
        verdict.ExpectSpeed(
            timesStock >= MinTimesStock,
            Text($"at least {MinTimesStock} times the stock chain's rate: {chain:F2} µs a row in the stock chain: {timesStock:F2}"));
        var (scores, stockScores) = (Scores(model.Transform(fewRows)), Scores(stock.Transform(fewRows)));
        var differing = scores.Zip(stockScores).Count(pair => !pair.First.SequenceEqual(pair.Second));
        verdict.Expect(differing == 0, Text($"the same bits as the stock chain: {differing} of {scores.Length:N0} rows differ"));

        static float[][] Scores(IDataView view) => [.. view.GetColumn<float[]>("Score")];
    }

    private static void CompareSinglePredictions(MlpTransformer model, BareNetwork bare, MLContext mlContext, int rounds, Verdict verdict)
    {
        var options = new PredictionEngineOptions { OwnsTransformer = false };
        using var engine = mlContext.Model.CreatePredictionEngine<Digit, Prediction>(model, options);
        var (digit, prediction) = (new Digit(), new Prediction());
        bare.Row.CopyTo(digit.Features);
        var (ours, bares) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var ourTime = Microseconds(() => Repeat(() => engine.Predict(digit, ref prediction)), SinglePredictions);
            var bareTime = Microseconds(() => Repeat(bare.RunOne), SinglePredictions);
            if (round >= 0)
            {
                ours.Add(ourTime);
                bares.Add(bareTime);
            }
        }

        Action predict = () => engine.Predict(digit, ref prediction);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(predict);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        var (our, call) = (Statistics.Median(ours), Statistics.Median(bares));
        var times = our / call;
        verdict.ExpectSpeed(
            times <= MaxTimesBareCall,
            Text($"a prediction takes {MaxTimesBareCall} times a bare call of ONNX Runtime at most: ")
                + Text($"{our:F1} µs and {call:F1} µs: {times:F2}"));
        verdict.Expect(bytes == 0, Text($"nothing allocated per prediction: {bytes} bytes in {SinglePredictions:N0}"));
    }

    private static void CompareEvaluation(
        MlpTransformer model, IDataView test, MLContext mlContext, int rounds, double? pyTorchSeconds, Verdict verdict)
    {
        // The first evaluation opens the session.
        var evaluations = Enumerable.Range(0, rounds + 1).Select(_ => Seconds(Evaluate));
        var our = Statistics.Median(evaluations.Skip(1));
        if (pyTorchSeconds is not { } theirs)
        {
            Console.WriteLine(
                Text($"Evaluate on the test set takes {our:F3} s; the comparison with PyTorch is left out: ")
                + "no --pytorch, or /usr/bin/python3 has no torch.");
            return;
        }

        verdict.ExpectSpeed(
            our / theirs <= MaxTimesPyTorch,
            Text($"Evaluate on the test set takes {MaxTimesPyTorch} times PyTorch's evaluation at most: ")
                + Text($"{our:F3} s and {theirs:F3} s: {our / theirs:F2}"));

        void Evaluate() => mlContext.MulticlassClassification.Evaluate(model.Transform(test));
    }

    private static void Pass(IDataView view)
    {
        var (label, score) = (view.Schema["PredictedLabel"], view.Schema["Score"]);
        using var cursor = view.GetRowCursor([label, score]);
        var getLabel = cursor.GetGetter<uint>(label);
        var getScore = cursor.GetGetter<VBuffer<float>>(score);
        uint key = 0;
        VBuffer<float> scores = default;
        while (cursor.MoveNext())
        {
            getLabel(ref key);
            getScore(ref scores);
        }
    }

    private static void Repeat(Action action)
    {
        for (var i = 0; i < SinglePredictions; i++)
        {
            action();
        }
    }

    private static double Microseconds(Action action, int count) => Seconds(action) * 1e6 / count;

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Digit
    {
        [VectorType(784)]
        public float[] Features { get; set; } = new float[784];

        [KeyType(10)]
        public uint Label { get; set; }
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
