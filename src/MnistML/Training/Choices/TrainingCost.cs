using System.Globalization;

namespace MnistML.Training.Choices;

/// <summary>The memory that a training on the processor takes beside its rows, estimated from network and batch size.</summary>
/// <param name="Architecture">The network.</param>
/// <param name="BatchSize">Rows of the largest batch.</param>
/// <param name="BytesOfValue">Bytes of a value of a batch: 4 in float32, 2 in bfloat16.</param>
/// <param name="HasSparseFeatures">Whether only features that are not zero are in a batch, and in the first layer's gradient.</param>
internal sealed record TrainingCost(MlpArchitecture Architecture, int BatchSize, int BytesOfValue, bool HasSparseFeatures = false)
{
    /// <summary>Less is not worth a line in the log.</summary>
    private const long WorthSaying = 256_000_000;

    /// <summary>
    /// The weight, its gradient, two moments, its copies for products, for the best epoch and for folding, in the model and in its ONNX
    /// graph: measured.
    /// </summary>
    private const int BytesOfParameter = 40;

    /// <summary>The same for a weight of sparse features, which has no copies for products, and hardly a gradient.</summary>
    private const int BytesOfSparseWeight = 20;

    /// <summary>Matrices of a batch that a hidden layer has: products, activations, gradients.</summary>
    private const int MatricesOfHiddenLayer = 3;

    /// <summary>The output layer's: logits and gradients. Inputs have two, of which one is loaded while the other is computed.</summary>
    private const int MatricesOfEnds = 2;

    /// <summary>An ONNX graph is one message of Protocol Buffers, which holds less than 2 GiB; names take a part of it.</summary>
    private const long MaxModelBytes = (2L << 30) - (64 << 20);

    private const double Megabyte = 1e6;

    public long WeightBytes =>
        (BytesOfParameter * (Architecture.ParameterCount - SparseWeightCount)) + (BytesOfSparseWeight * SparseWeightCount);

    public long BatchBytes => (long)BatchSize * BytesOfValue * ((HasSparseFeatures ? 0 : MatricesOfEnds * (long)Architecture.EncodedSize)
        + (Architecture.MemberCount
            * ((MatricesOfHiddenLayer * Architecture.HiddenLayers.Sum(units => (long)units))
                + (MatricesOfEnds * (long)Architecture.OutputSize))));

    public long TotalBytes => WeightBytes + BatchBytes;

    private long SparseWeightCount => HasSparseFeatures ? Architecture.MemberCount * Architecture.Layers[0].WeightCount : 0;

    /// <summary>Whether the log should have it.</summary>
    public bool IsWorthSaying => TotalBytes >= WorthSaying || ManyClasses.Are(Architecture.OutputSize);

    /// <summary>What is known before the rows are read: at least this much.</summary>
    /// <param name="options">The options as the user gave them.</param>
    /// <param name="featureCount">Features of a row.</param>
    /// <param name="classCount">Classes; 1 in regression.</param>
    /// <param name="initialModel">The model that the training begins with; null if it draws the weights.</param>
    public static TrainingCost AtLeast(
        MlpTrainingOptions options, int featureCount, int classCount, MlpModelParameters? initialModel)
    {
        // Of all kinds of features, text needs least.
        var choices = TrainingChoices.Of(
            options, FeatureKind.SparseText, featureCount, manyValuedCount: 0, rowCount: 1, classCount, initialModel);
        return new TrainingCost(
            new MlpArchitecture(
                featureCount,
                choices.HiddenLayers,
                options.Task == MlpTask.Multiclass ? classCount : 1,
                options.Activation,
                options.Task,
                choices.Members),
            BatchSize: 1,
            BytesOfValue: sizeof(ushort),
            choices.SparseFeatures);
    }

    /// <summary>Refuses a training that the machine has no memory for, or whose model no file could hold.</summary>
    /// <param name="availableBytes">The machine's memory; 0 if it is not known.</param>
    /// <param name="labelColumnName">The column of the classes, for the message.</param>
    /// <exception cref="InvalidOperationException">It is too much; the message says what to change.</exception>
    public void ThrowIfTooMuch(long availableBytes, string labelColumnName)
    {
        if (availableBytes > 0 && TotalBytes > availableBytes)
        {
            throw new InvalidOperationException(
                $"Training the network {Architecture} takes about {Describe()}, but this machine has {InMegabytes(availableBytes)}. "
                + Remedy(labelColumnName, $", a smaller {nameof(MlpTrainingOptions.BatchSize)}"));
        }

        var modelBytes = sizeof(float) * Architecture.ParameterCount;
        if (modelBytes > MaxModelBytes)
        {
            throw new InvalidOperationException(
                $"The network {Architecture} has {Count(Architecture.ParameterCount)} weights and biases, {InMegabytes(modelBytes)}, but a "
                + $"model that can be saved has at most {InMegabytes(MaxModelBytes)}. {Remedy(labelColumnName)}");
        }
    }

    /// <summary>The memory and its parts.</summary>
    public string Describe() =>
        $"{InMegabytes(TotalBytes)} of memory beside the rows: {InMegabytes(WeightBytes)} for {Count(Architecture.ParameterCount)} weights "
        + "and biases with their gradient, their moments and the finished model, "
        + $"{InMegabytes(BatchBytes)} for the values of a batch of {Count(BatchSize)} {(BatchSize == 1 ? "row" : "rows")}";

    private string Remedy(string labelColumnName, string another = "")
    {
        var options =
            $"Choose fewer units in {nameof(MlpTrainingOptions.HiddenLayers)}{another} or fewer {nameof(MlpTrainingOptions.Members)}.";
        return ManyClasses.Are(Architecture.OutputSize)
            ? $"{options} The label column '{labelColumnName}' is a key of {Count(Architecture.OutputSize)} values: if fewer occur, make a "
                + "key of those by mlContext.Transforms.Conversion.MapValueToKey, not by hashing."
            : options;
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string InMegabytes(long bytes) => (bytes / Megabyte).ToString("N0", CultureInfo.InvariantCulture) + " MB";
}
