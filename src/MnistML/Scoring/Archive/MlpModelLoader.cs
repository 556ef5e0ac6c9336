using System.Buffers.Binary;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Common.DataViews;
using MnistML.Onnx;
using MnistML.Scoring.Stock;

namespace MnistML.Scoring.Archive;

/// <summary>
/// Restores the networks of a saved model, which holds stock stages only. Each network is read, checked and removed from the archive, and a
/// stage that does nothing replaces it while ML.NET loads the rest. The loaded chain is then rebuilt with an <see cref="MlpTransformer"/>
/// for each network. So ONNX Runtime only ever sees models that this library wrote, and ML.NET leaves no temporary file of them.
/// </summary>
internal sealed class MlpModelLoader
{
    /// <summary>ML.NET's names for the entries of its ONNX stage: the model, and the type of the stage.</summary>
    private const string OnnxEntry = "/OnnxModel";
    private const string StageEntry = "/Model.key";

    private readonly IHostEnvironment _environment = new MLContext();
    private readonly Dictionary<string, OnnxMlp> _networks = [];
    private int _networksLeft;

    private MlpModelLoader()
    {
    }

    /// <param name="stream">The archive; it must be seekable.</param>
    /// <param name="loadStock">Loads an archive with ML.NET.</param>
    /// <exception cref="InvalidDataException">The model is incomplete, or ML.NET cannot load it; the message says why.</exception>
    public static ITransformer Load(Stream stream, Func<Stream, ITransformer> loadStock)
    {
        var archive = ModelArchive.Read(stream);
        var loader = new MlpModelLoader();
        loader.TakeNetworksFrom(archive);

        using var rest = archive.ToStream();
        var model = LoadRest(rest, loadStock);
        try
        {
            var rebuilt = loader.Rebuild(model);
            return loader._networksLeft == 0
                ? rebuilt
                : throw new InvalidDataException("it holds a network without the stages that belong to it.");
        }
        catch
        {
            (model as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>ML.NET throws many types of exceptions for a malformed file; all of them mean the same to the caller.</summary>
    private static ITransformer LoadRest(Stream archive, Func<Stream, ITransformer> loadStock)
    {
        try
        {
            return loadStock(archive);
        }
        catch (Exception error)
        {
            throw new InvalidDataException($"ML.NET can't load it: {error.Message}", error);
        }
    }

    private void TakeNetworksFrom(ModelArchive archive)
    {
        string[] paths = [.. archive.Entries.Keys.Where(path => path.EndsWith(OnnxEntry, StringComparison.Ordinal))];
        foreach (var path in paths)
        {
            if (OnnxMlpReader.TryRead(ReadModel(archive.Entries[path], path)) is not { } network)
            {
                continue;
            }

            var stage = path[..^OnnxEntry.Length];
            network = StageChecksum.Take(network, archive, stage[..(stage.LastIndexOf('/') + 1)]);
            _networks[network.Output.Name] = network;
            _networksLeft++;
            archive.Entries.Remove(path);
            archive.Entries[stage + StageEntry] = PlaceholderStage.Value;
        }
    }

    /// <summary>The entry holds the length of the model in four bytes, then the model.</summary>
    private static byte[] ReadModel(byte[] entry, string path) =>
        entry.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(entry) == entry.Length - sizeof(int)
            ? entry[sizeof(int)..]
            : throw new InvalidDataException(
                $"the entry '{path}' has {entry.Length} bytes, which does not match the length that it declares.");

    private ITransformer Rebuild(ITransformer model)
    {
        if (model is not TransformerChain<ITransformer> chain)
        {
            return model;
        }

        ITransformer[] stages = [.. chain];
        if (stages is [_, ISingleFeaturePredictionTransformer<object> scorer, var dropColumns]
            && _networks.TryGetValue(scorer.FeatureColumnName, out var network))
        {
            _networksLeft--;
            return Join(network, scorer, dropColumns);
        }

        ITransformer[] rebuilt = [.. stages.Select(Rebuild)];
        return rebuilt.SequenceEqual(stages)
            ? chain
            : new TransformerChain<ITransformer>(rebuilt, stages.Select(stage => ScopeOf(stage, chain)));
    }

    private MlpTransformer Join(OnnxMlp network, ITransformer scorer, ITransformer dropColumns)
    {
        try
        {
            var transformer = new MlpTransformer(_environment, network, scorer, dropColumns);
            ThrowIfMismatched(transformer, network, StockScorer.TryRead(scorer));
            return transformer;
        }
        catch (Exception error) when (error is not InvalidDataException)
        {
            throw new InvalidDataException($"its stages do not match its network: {error.Message}", error);
        }
    }

    /// <summary>The network must undo exactly what the scorer does, and the columns must match its task and classes.</summary>
    private static void ThrowIfMismatched(MlpTransformer transformer, OnnxMlp network, StockScorer? scorer)
    {
        var features = new DataViewSchema.Builder();
        features.AddColumn(network.InputName, transformer.FeatureColumnType);
        var output = transformer.GetOutputSchema(features.ToSchema());
        if (scorer is null
            || scorer.Task != transformer.Task
            || scorer.Input.Scale != network.Output.Scale
            || !scorer.Input.Offsets.SequenceEqual(network.Output.Offsets)
            || (transformer.Task == MlpTask.Multiclass && !HasClasses(transformer, output))
            || (transformer.Threshold is { } threshold && !BinaryScorer.HasThreshold(scorer.Transformer, threshold))
            || output.Any(column => column.Name == network.Output.Name))
        {
            throw new InvalidDataException(
                transformer.Task == MlpTask.Multiclass
                    ? $"its stages do not match its network of {transformer.Model.Architecture.ClassCount} classes."
                    : $"its stages do not match its network for {transformer.Task}.");
        }
    }

    private static bool HasClasses(MlpTransformer transformer, DataViewSchema output)
    {
        var classCount = transformer.Model.Architecture.ClassCount;
        return output["PredictedLabel"].Type is KeyDataViewType key && key.Count == (ulong)classCount
            && output["Score"].Type is VectorDataViewType scores && scores.Size == classCount
            && (KeyNames.Of(output["PredictedLabel"]) ?? []).SequenceEqual(transformer.ClassNames ?? []);
    }

    private static TransformerScope ScopeOf(ITransformer stage, TransformerChain<ITransformer> chain) =>
        ((TransformerScope[])[TransformerScope.Training, TransformerScope.Testing, TransformerScope.Scoring])
            .Where(scope => chain.GetModelFor(scope).Contains(stage))
            .Aggregate(TransformerScope.None, (all, scope) => all | scope);
}
