using MnistML.Common;

namespace MnistML;

/// <summary>
/// The architecture of a multi-layer perceptron: fully connected layers with an activation after each but the last. What the outputs of
/// the last layer mean depends on the <see cref="MlpTask"/>.
/// </summary>
public sealed record MlpArchitecture
{
    /// <summary>The slope below zero of <see cref="MlpActivation.LeakyRelu"/>, that of PyTorch and of ONNX.</summary>
    internal const float LeakyReluSlope = 0.01f;

    private readonly ValueList<int> _hiddenLayers;

    /// <summary>Describes a network of <c>inputSize → hiddenLayers… → outputSize</c>.</summary>
    /// <param name="inputSize">Number of features, at least 1.</param>
    /// <param name="hiddenLayers">Units of each hidden layer from the input on, each at least 1; empty for a linear model.</param>
    /// <param name="outputSize">
    /// Number of outputs: the number of classes, at least 1; for <see cref="MlpTask.Binary"/> and <see cref="MlpTask.Regression"/> 1.
    /// </param>
    /// <param name="activation">The function after each hidden layer.</param>
    /// <param name="task">What the network predicts.</param>
    /// <param name="memberCount">Number of networks of these sizes whose predictions are averaged, at least 1.</param>
    /// <param name="encodedSize">
    /// Number of columns that features are encoded as before the first layer; null for the features themselves.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or does not fit the task.</exception>
    public MlpArchitecture(
        int inputSize,
        IEnumerable<int> hiddenLayers,
        int outputSize,
        MlpActivation activation = MlpActivation.Relu,
        MlpTask task = MlpTask.Multiclass,
        int memberCount = 1,
        int? encodedSize = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentNullException.ThrowIfNull(hiddenLayers);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(memberCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(encodedSize ?? 1, 1, nameof(encodedSize));
        if (task != MlpTask.Multiclass && outputSize != 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(outputSize), outputSize, $"A network for {task} has one output, but {outputSize} were given.");
        }

        InputSize = inputSize;
        _hiddenLayers = [.. hiddenLayers];
        OutputSize = outputSize;
        Activation = activation;
        Task = task;
        MemberCount = memberCount;
        EncodedSize = encodedSize ?? inputSize;
        foreach (var units in _hiddenLayers)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(units, 1, nameof(hiddenLayers));
        }
    }

    /// <summary>Number of features.</summary>
    public int InputSize { get; }

    /// <summary>Units of each hidden layer, from the input on.</summary>
    public IReadOnlyList<int> HiddenLayers => _hiddenLayers;

    /// <summary>Number of outputs of the last layer: one for each class in multiclass classification, else 1.</summary>
    public int OutputSize { get; }

    /// <summary>
    /// Number of classes: as many as outputs, 2 for <see cref="MlpTask.Binary"/>, 0 for <see cref="MlpTask.Regression"/>.
    /// </summary>
    public int ClassCount => Task switch
    {
        MlpTask.Binary => 2,
        MlpTask.Regression => 0,
        _ => OutputSize,
    };

    /// <summary>The function after each hidden layer.</summary>
    public MlpActivation Activation { get; }

    /// <summary>What the network predicts.</summary>
    public MlpTask Task { get; }

    /// <summary>Number of networks of these sizes whose predictions are averaged; 1 for a single network.</summary>
    public int MemberCount { get; }

    /// <summary>
    /// Number of inputs of the first layer: the columns that the features are encoded as; as many as features where there is no encoding.
    /// </summary>
    public int EncodedSize { get; }

    /// <summary>The shapes of the layers of one member, the output layer last.</summary>
    public IReadOnlyList<MlpLayerShape> Layers
    {
        get
        {
            int[] sizes = [EncodedSize, .. _hiddenLayers, OutputSize];
            return [.. sizes.Zip(sizes.Skip(1), (inputSize, outputSize) => new MlpLayerShape(inputSize, outputSize))];
        }
    }

    /// <summary>Number of weights and biases in all layers of all members.</summary>
    public long ParameterCount => MemberCount * Layers.Sum(layer => layer.ParameterCount);

    /// <summary>The same with another number of members.</summary>
    internal MlpArchitecture WithMembers(int count) =>
        new(InputSize, HiddenLayers, OutputSize, Activation, Task, count, EncodedSize);

    /// <summary>
    /// The sizes in the usual notation, for example <c>784-512-256-10</c>; with an encoding, the number of encoded columns follows the
    /// number of features, and the number of members the sizes: <c>30(495)-128-128-2 x 8</c>.
    /// </summary>
    public override string ToString()
    {
        var inputs = EncodedSize == InputSize ? $"{InputSize}" : $"{InputSize}({EncodedSize})";
        return string.Join('-', [inputs, .. _hiddenLayers.Select(units => $"{units}"), $"{OutputSize}"])
            + (MemberCount == 1 ? "" : $" x {MemberCount}");
    }
}
