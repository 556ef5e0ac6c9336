using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Model;
using MnistML.Training.Checkpoints;

namespace MnistML.Benchmarks.Fuzz.Models;

/// <summary>
/// Valid files of untrained networks: zips of a network alone, among other stages, nested and twice, safetensors, and a checkpoint.
/// </summary>
internal static class ModelSeeds
{
    /// <summary>Endings of the files, which decide the reader.</summary>
    public const string Zip = ".zip";

    /// <inheritdoc cref="Zip"/>
    public const string Safetensors = ".safetensors";

    /// <inheritdoc cref="Zip"/>
    public const string Checkpoint = ".checkpoint";

    private static readonly MLContext MlContext = new(seed: 1);

    /// <summary>A few rows of all columns that the models read.</summary>
    public static IDataView Rows { get; } = MlContext.Data.LoadFromEnumerable(
        ((string[])["dog", "ant", "cat", "bee", "dog"])
            .Select((name, i) => new Row { Features = [i, 1 - i, 0.5f], Class = name, Number = (uint)i % 2, Flag = i > 2, Value = i })
            .ToArray());

    /// <summary>Networks alone. If an altered one is loaded, it can score the rows above.</summary>
    public static IReadOnlyList<byte[]> NetworkZips { get; } =
    [
        Save(Network("Class", [5], 4, MlpActivation.Tanh)),
        Save(Network("Number", [], 2, MlpActivation.Relu)),
        Save(Network("Class", [2, 3], 4, MlpActivation.Gelu)),
        Save(OneOutput("Flag", MlpTask.Binary)),
        Save(MlContext.BinaryClassification.ChangeModelThreshold(OneOutput("Flag", MlpTask.Binary), 0.25f)),
        Save(OneOutput("Value", MlpTask.Regression)),
        Save(Network("Class", [3], 4, MlpActivation.Relu, hasSparseFeatures: true)),
    ];

    /// <summary>Networks among other stages.</summary>
    public static IReadOnlyList<byte[]> PipelineZips { get; } = [Save(Pipeline()), Save(
        new TransformerChain<ITransformer>(Pipeline(), Network("Number", [4], 2, MlpActivation.Silu)))];

    public static IReadOnlyList<byte[]> SafetensorsFiles { get; } = [SaveSafetensors([5, 2]), SaveSafetensors([])];

    public static byte[] CheckpointFile { get; } = SaveCheckpoint();

    private static TransformerChain<ITransformer> Pipeline()
    {
        var key = MlContext.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(Rows);
        var scaling = MlContext.Transforms.NormalizeMinMax("Features").Fit(Rows);
        var network = Network("Class", [3], 4, MlpActivation.LeakyRelu);
        var names = MlContext.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(
            network.Transform(scaling.Transform(key.Transform(Rows))));
        return new TransformerChain<ITransformer>(key, scaling, network, names);
    }

    private static MlpTransformer Network(
        string label, int[] hiddenLayers, int classCount, MlpActivation activation, bool hasSparseFeatures = false)
    {
        var schema = MlContext.Transforms.Conversion.MapValueToKey("Label", label).Fit(Rows).GetOutputSchema(Rows.Schema);
        return Create(
            new MlpArchitecture(3, hiddenLayers, classCount, activation), schema["Features"], schema["Label"], hasSparseFeatures);
    }

    private static MlpTransformer OneOutput(string label, MlpTask task) =>
        Create(new MlpArchitecture(3, [4], outputSize: 1, MlpActivation.Relu, task), Rows.Schema["Features"], Rows.Schema[label]);

    private static MlpTransformer Create(
        MlpArchitecture architecture, DataViewSchema.Column features, DataViewSchema.Column label, bool hasSparseFeatures = false)
    {
        var metadata = new MlpMetadata
        {
            Options = new Dictionary<string, string> { ["Seed"] = "1" },
            History =
            [
                new MlpEpochMetrics
                {
                    Epoch = 1,
                    TrainLoss = 0.5,
                    TrainAccuracy = 0.75,
                    LearningRate = 0.1,
                    Seconds = 2,
                    RowsPerSecond = 10,
                },
            ],
        };
        return new MlpTransformer(
            (IHostEnvironment)MlContext,
            Parameters(architecture),
            metadata,
            features,
            label,
            hasSparseFeatures);
    }

    private static MlpModelParameters Parameters(MlpArchitecture architecture)
    {
        var random = new Random(1);
        return new MlpModelParameters(
            architecture, [.. architecture.Layers.Select(
                shape => new MlpLayerParameters(shape, Values(shape.WeightCount), Values(shape.OutputSize)))]);

        float[] Values(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static byte[] Save(ITransformer model)
    {
        using var stream = new MemoryStream();
        MlContext.Model.Save(model, Rows.Schema, stream);
        return stream.ToArray();
    }

    private static byte[] SaveSafetensors(int[] hiddenLayers)
    {
        using var stream = new MemoryStream();
        Parameters(new MlpArchitecture(3, hiddenLayers, 4)).Save(stream);
        return stream.ToArray();
    }

    private static byte[] SaveCheckpoint()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("mnistml-seed-").FullName, "seed");
        new TrainingCheckpoint
        {
            Seed = 1,
            Fingerprint = new Dictionary<string, string> { ["Seed"] = "1" },
            History = [],
            Network = new Dictionary<string, float[]> { ["0.weight"] = [1, 2, 3], ["0.bias"] = [4] },
            Optimizer = new Dictionary<string, float[]> { ["0.momentum"] = [5] },
        }.Write(path);
        var bytes = File.ReadAllBytes(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return bytes;
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        public string Class { get; set; } = "";

        public uint Number { get; set; }

        public bool Flag { get; set; }

        public float Value { get; set; }
    }
}
