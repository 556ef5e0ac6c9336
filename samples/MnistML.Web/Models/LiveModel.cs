using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Web.Data;

namespace MnistML.Web.Models;

/// <summary>
/// A network that answers requests, on any number of threads: one transformer, and a pool of prediction engines, each of which only one
/// thread uses at a time. It owns them.
/// </summary>
internal sealed class LiveModel : IDisposable
{
    private const string Advice = "Use one that the console or this page saved.";

    private readonly ITransformer _loaded;
    private readonly ObjectPool<PredictionEngine<Image, Answer>> _engines;

    private LiveModel(string name, RunInfo? run, MLContext mlContext, ITransformer loaded, MlpTransformer network)
    {
        (Name, Run, _loaded, Network) = (name, run, loaded, network);
        ClassNames = network.ClassNames ?? [.. Enumerable.Range(0, network.Model.Architecture.OutputSize).Select(index => $"{index}")];
        _engines = new DefaultObjectPoolProvider().Create(new EnginePolicy(mlContext, network));
    }

    /// <summary>What to call it on the page.</summary>
    public string Name { get; }

    /// <summary>The training that made it; null for a file that the command line names.</summary>
    public RunInfo? Run { get; }

    public MlpTransformer Network { get; }

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Loads a saved model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call it on the page.</param>
    /// <param name="run">The training that made it, if it was one of the page's.</param>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no model for images of 28 × 28 pixels and classes.</exception>
    public static LiveModel Load(string path, string name, RunInfo? run)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no model '{path}'. Leave --model out, and the page trains one.");
        }

        var mlContext = new MLContext();
        var loaded = mlContext.Model.LoadMlp(path, out _);
        try
        {
            var model = new LiveModel(name, run, mlContext, loaded, FindNetwork(loaded, path));
            model.Score(new byte[DigitSet.PixelCount]); // what can't score is known now, and the first request need not wait
            return model;
        }
        catch
        {
            (loaded as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>The probability of each class.</summary>
    /// <param name="pixels">28 × 28 bytes, row by row.</param>
    public float[] Score(ReadOnlySpan<byte> pixels)
    {
        var features = new float[DigitSet.PixelCount];
        for (var i = 0; i < features.Length; i++)
        {
            features[i] = pixels[i] / (float)byte.MaxValue;
        }

        var engine = _engines.Get();
        try
        {
            return engine.Predict(new Image { Features = features }).Score;
        }
        finally
        {
            _engines.Return(engine);
        }
    }

    /// <summary>Frees it. Requests that still use it finish first.</summary>
    public void Dispose()
    {
        (_engines as IDisposable)?.Dispose();
        (_loaded as IDisposable)?.Dispose();
    }

    private static MlpTransformer FindNetwork(ITransformer loaded, string path)
    {
        var network = MlpTransformer.Find(loaded)
            ?? throw new InvalidDataException($"The model '{path}' holds no network of MnistML. {Advice}");
        if (network.Task != MlpTask.Multiclass || network.Model.Architecture.InputSize != DigitSet.PixelCount)
        {
            throw new InvalidDataException(
                $"The model '{path}' is for {network.Task} of {network.Model.Architecture.InputSize} features, but the page needs one for "
                + $"{MlpTask.Multiclass} of {DigitSet.Side} × {DigitSet.Side} = {DigitSet.PixelCount}. {Advice}");
        }

        return CountStages(loaded) == 1
            ? network
            : throw new InvalidDataException(
                $"The model '{path}' changes its input before the network, or its output after it, but the page uses a network alone. "
                + Advice);
    }

    private static int CountStages(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.Sum(CountStages) : 1;

    private sealed class EnginePolicy(MLContext mlContext, MlpTransformer network) : PooledObjectPolicy<PredictionEngine<Image, Answer>>
    {
        public override PredictionEngine<Image, Answer> Create()
        {
            var schema = SchemaDefinition.Create(typeof(Image));
            schema[nameof(Image.Features)].ColumnName = network.FeatureColumnName;
            return mlContext.Model.CreatePredictionEngine<Image, Answer>(
                network, new PredictionEngineOptions { OwnsTransformer = false, InputSchemaDefinition = schema });
        }

        public override bool Return(PredictionEngine<Image, Answer> engine) => true;
    }

    private sealed class Image
    {
        [VectorType(DigitSet.PixelCount)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Answer
    {
        public float[] Score { get; set; } = [];
    }
}
