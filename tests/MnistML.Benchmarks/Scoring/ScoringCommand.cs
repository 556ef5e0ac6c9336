using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Scoring;

/// <summary>
/// How fast a trained network scores through ML.NET: beside ONNX Runtime on the same network, the stock chain that a saved model loads as, and PyTorch.
/// </summary>
internal static class ScoringCommand
{
    private const double LeastShareOfOnnxRuntime = 0.8;
    private const double LeastTimesStock = 3.5;
    private const double MaxTimesPyTorch = 2;
    private const double MaxTimesBareCall = 1.3;
    private const int StockRows = 10_000;
    private const int SinglePredictions = 20_000;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each side, in turn", DefaultValueFactory = _ => 5 };
        var pyTorch = new Option<string?>("--pytorch") { Description = "Folder of tensor_loop.py, whose evaluation is compared with Evaluate", HelpName = "PATH" };
        var check = new Option<bool>("--check") { Description = "Fail on a speed that is too low" };
        var command = new Command("scoring", "Measure scoring through ML.NET against ONNX Runtime, the stock chain and PyTorch") { data, rounds, pyTorch, check };
        command.SetAction(parsed =>
            Mnist.Find(parsed.GetValue(data), "scoring") is { } files ? Run(files, parsed.GetValue(rounds), parsed.GetValue(pyTorch), parsed.GetValue(check)) : 0);
        return command;
    }

    private static int Run(MnistFiles files, int rounds, string? pyTorch, bool check)
    {
        var mlContext = new MLContext(seed: 1);
        var train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        var test = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);
        using var model = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, MlpRecipes.Classic with { MaxEpochs = 1 }).Fit(train);
        using var saved = new MemoryStream();
        mlContext.Model.Save(model, train.Schema, saved);
        saved.Position = 0;
        var stock = mlContext.Model.Load(saved, out _);
        using var bare = new BareNetwork(model, [.. train.GetColumn<float[]>("Features")]);

        var verdict = new Verdict();
        ComparePasses(model, stock, bare, train, mlContext, rounds, verdict);
        CompareSinglePredictions(model, bare, mlContext, rounds, verdict);
        CompareEvaluation(model, test, mlContext, rounds, PyTorchEvaluation.TryMeasureSeconds(pyTorch, files), verdict);
        (stock as IDisposable)?.Dispose();
        return check ? verdict.ExitCode : 0;
    }

    /// <summary>One cursor over both columns, against ONNX Runtime's best batch size over rows that lie ready, and against the stock chain.</summary>
    private static void ComparePasses(MlpTransformer model, ITransformer stock, BareNetwork bare, IDataView train, MLContext mlContext, int rounds, Verdict verdict)
    {
        var rowCount = (int)train.GetRowCount()!.Value;
        var fewRows = mlContext.Data.TakeRows(train, StockRows);
        var (ours, runtimes, stocks) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var our = Microseconds(() => Pass(model.Transform(train)), rowCount);
            var runtime = bare.BatchSizes.Min(size => Microseconds(() => bare.RunAll(size), rowCount));
            var chain = Microseconds(() => Pass(stock.Transform(fewRows)), StockRows);
            if (round >= 0)
            {
                ours.Add(our);
                runtimes.Add(runtime);
                stocks.Add(chain);
            }
        }

        var share = Statistics.Median(runtimes) / Statistics.Median(ours);
        var timesStock = Statistics.Median(stocks) / Statistics.Median(ours);
        verdict.Expect(
            share >= LeastShareOfOnnxRuntime,
            Text($"a pass over PredictedLabel and Score at {LeastShareOfOnnxRuntime} of ONNX Runtime's batched rate at least: {Statistics.Median(ours):F2} µs a row, ONNX Runtime {Statistics.Median(runtimes):F2}: {share:F2}"));
        verdict.Expect(timesStock >= LeastTimesStock, Text($"at least {LeastTimesStock} times the stock chain's rate: {Statistics.Median(stocks):F2} µs a row in the stock chain: {timesStock:F2}"));
    }

    private static void CompareSinglePredictions(MlpTransformer model, BareNetwork bare, MLContext mlContext, int rounds, Verdict verdict)
    {
        using var engine = mlContext.Model.CreatePredictionEngine<Digit, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
        var (digit, prediction) = (new Digit(), new Prediction());
        bare.Row.CopyTo(digit.Features);
        var (ours, bares) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var our = Microseconds(() => Repeat(() => engine.Predict(digit, ref prediction)), SinglePredictions);
            var single = Microseconds(() => Repeat(bare.RunOne), SinglePredictions);
            if (round >= 0)
            {
                ours.Add(our);
                bares.Add(single);
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(() => engine.Predict(digit, ref prediction));
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / SinglePredictions;
        var times = Statistics.Median(ours) / Statistics.Median(bares);
        verdict.Expect(
            times <= MaxTimesBareCall,
            Text($"a prediction takes {MaxTimesBareCall} times a bare call of ONNX Runtime at most: {Statistics.Median(ours):F1} µs and {Statistics.Median(bares):F1} µs: {times:F2}; {bytes} bytes allocated for each"));
    }

    private static void CompareEvaluation(MlpTransformer model, IDataView test, MLContext mlContext, int rounds, double? pyTorchSeconds, Verdict verdict)
    {
        // The first of them opens the session.
        double[] seconds = [.. Enumerable.Range(0, rounds + 1).Select(_ => Microseconds(() => mlContext.MulticlassClassification.Evaluate(model.Transform(test)), 1) / 1e6).Skip(1)];
        if (pyTorchSeconds is not { } theirs)
        {
            Console.WriteLine(Text($"Evaluate on the test set takes {Statistics.Median(seconds):F3} s; the comparison with PyTorch is left out: no --pytorch, or /usr/bin/python3 has no torch."));
            return;
        }

        verdict.Expect(
            Statistics.Median(seconds) / theirs <= MaxTimesPyTorch,
            Text($"Evaluate on the test set takes {MaxTimesPyTorch} times PyTorch's evaluation at most: {Statistics.Median(seconds):F3} s and {theirs:F3} s: {Statistics.Median(seconds) / theirs:F2}"));
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

    private static double Microseconds(Action action, int count)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalMicroseconds / count;
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
