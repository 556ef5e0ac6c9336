using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Model;

namespace MnistML.Benchmarks.Life;

/// <summary>
/// Runs for long in one process: it predicts rows one by one and in batches, and it loads, uses and disposes models. Then it compares what
/// the process holds with what it held after a tenth of them, when all code is compiled and all pools are filled.
/// </summary>
internal static class LifeCommand
{
    private const string TemporaryVariable = "TMPDIR";
    private const int FeatureCount = 784;
    private const int ClassCount = 10;
    private const int PassRows = 2_000;
    private const int RowsScoredAfterLoading = 5;

    /// <summary>Every tenth row is predicted by itself, the others in passes over a view.</summary>
    private const int SingleShare = 10;

    public static Command Create()
    {
        var predictions = new Option<int>("--predictions") { Description = "Number of predictions", DefaultValueFactory = _ => 1_000_000 };
        var cycles = new Option<int>("--cycles")
        {
            Description = "Number of models loaded, scored with and disposed",
            DefaultValueFactory = _ => 1_000,
        };
        var command = new Command("life", "Predict, and load and dispose models, many times, and check that the process grows by nothing")
        {
            predictions, cycles,
        };
        command.SetAction(parsed => Run(parsed.GetValue(predictions), parsed.GetValue(cycles)));
        return command;
    }

    private static int Run(int predictions, int cycles)
    {
        var folder = Directory.CreateTempSubdirectory("mnistml-life-");
        var temporary = folder.CreateSubdirectory("temporary");
        Environment.SetEnvironmentVariable(TemporaryVariable, temporary.FullName);
        try
        {
            var mlContext = new MLContext(seed: 1) { TempFilePath = temporary.FullName };
            var rows = Rows(mlContext);
            var path = Path.Combine(folder.FullName, "model.zip");
            var verdict = new Verdict();
            using (var model = CreateModel(mlContext, rows.Schema))
            {
                mlContext.Model.Save(model, rows.Schema, path);
                Compare("predictions", predictions, temporary, verdict, count => Predict(mlContext, model, rows, count));
            }

            Compare(
                "models loaded, scored with and disposed",
                cycles,
                temporary,
                verdict,
                count => LoadAndDispose(mlContext, path, rows, count));
            return verdict.ExitCode;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(string what, int count, DirectoryInfo temporary, Verdict verdict, Action<int> live)
    {
        live(count / 10);
        var before = ProcessSize.Read();
        var watch = Stopwatch.StartNew();
        live(count);
        var seconds = watch.Elapsed.TotalSeconds;
        var after = ProcessSize.Read();
        verdict.Expect(
            !after.HasGrownFrom(before),
            FormattableString.Invariant($"{count:N0} {what}, {count / seconds:N0} a second: before {before}, after {after}"));
        var files = temporary.GetFileSystemInfos().Length;
        verdict.Expect(files == 0, $"temporary files left: {files}");
    }

    private static void Predict(MLContext mlContext, MlpTransformer model, IDataView rows, int count)
    {
        var options = new PredictionEngineOptions { OwnsTransformer = false };
        using var engine = mlContext.Model.CreatePredictionEngine<Digit, Prediction>(model, options);
        var (digit, prediction) = (new Digit(), new Prediction());
        for (var done = 0; done < count / SingleShare; done++)
        {
            digit.Features[done % FeatureCount] = done % 2;
            engine.Predict(digit, ref prediction);
        }

        for (var done = count / SingleShare; done < count; done += PassRows)
        {
            Pass(model.Transform(rows));
        }
    }

    private static void LoadAndDispose(MLContext mlContext, string path, IDataView rows, int count)
    {
        var bytes = File.ReadAllBytes(path);
        var few = mlContext.Data.TakeRows(rows, RowsScoredAfterLoading);
        for (var done = 0; done < count; done++)
        {
            using var stream = new MemoryStream(bytes);
            var model = done % 2 == 0 ? mlContext.Model.LoadMlp(path, out _) : mlContext.Model.LoadMlp(stream, out _);
            Pass(model.Transform(few));
            ((IDisposable)model).Dispose();
        }
    }

    private static void Pass(IDataView view)
    {
        var column = view.Schema["Score"];
        using var cursor = view.GetRowCursor([column]);
        var getScore = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> score = default;
        while (cursor.MoveNext())
        {
            getScore(ref score);
        }
    }

    private static IDataView Rows(MLContext mlContext)
    {
        var random = new Random(1);
        return mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, PassRows).Select(row => new Digit
        {
            Features = [.. Enumerable.Range(0, FeatureCount).Select(_ => random.NextSingle())],
            Label = (uint)(row % ClassCount),
        }).ToArray());
    }

    /// <summary>An untrained network of the usual size for MNIST.</summary>
    private static MlpTransformer CreateModel(MLContext mlContext, DataViewSchema schema)
    {
        var random = new Random(1);
        var architecture = new MlpArchitecture(FeatureCount, [512, 256], ClassCount);
        var layers = architecture.Layers.Select(
            shape => new MlpLayerParameters(shape, Values(shape.WeightCount), Values(shape.OutputSize)));
        var parameters = new MlpModelParameters(architecture, [.. layers]);
        return new MlpTransformer((IHostEnvironment)mlContext, parameters, new MlpMetadata(), schema["Features"], schema["Label"]);

        float[] Values(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() - 0.5f) / 10)];
    }

    private sealed class Digit
    {
        [VectorType(FeatureCount)]
        public float[] Features { get; set; } = new float[FeatureCount];

        [KeyType(ClassCount)]
        public uint Label { get; set; }
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
