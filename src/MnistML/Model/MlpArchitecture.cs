using MnistML.Common;

namespace MnistML;

/// <summary>
/// The architecture of a multi-layer perceptron: fully connected layers with an activation after each but the last, whose outputs are
/// the logits, one for each class.
/// </summary>
public sealed record MlpArchitecture
{
    /// <summary>The slope below zero of <see cref="MlpActivation.LeakyRelu"/>, that of PyTorch and of ONNX.</summary>
    internal const float LeakyReluSlope = 0.01f;

    private readonly ValueList<int> _hiddenLayers;

    /// <summary>Describes a network of <c>inputSize → hiddenLayers… → classCount</c>.</summary>
    /// <param name="inputSize">Number of features, at least 1.</param>
    /// <param name="hiddenLayers">Units of each hidden layer from the input on, each at least 1; empty for a linear classifier.</param>
    /// <param name="classCount">Number of classes, at least 1.</param>
    /// <param name="activation">The function after each hidden layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public MlpArchitecture(int inputSize, IEnumerable<int> hiddenLayers, int classCount, MlpActivation activation = MlpActivation.Relu)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentNullException.ThrowIfNull(hiddenLayers);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);

        InputSize = inputSize;
        _hiddenLayers = [.. hiddenLayers];
        ClassCount = classCount;
        Activation = activation;
        foreach (var units in _hiddenLayers)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(units, 1, nameof(hiddenLayers));
        }
    }

    /// <summary>Number of features.</summary>
    public int InputSize { get; }

    /// <summary>Units of each hidden layer, from the input on.</summary>
    public IReadOnlyList<int> HiddenLayers => _hiddenLayers;

    /// <summary>Number of classes, which is the number of logits.</summary>
    public int ClassCount { get; }

    /// <summary>The function after each hidden layer.</summary>
    public MlpActivation Activation { get; }

    /// <summary>The shapes of the layers, the output layer last.</summary>
    public IReadOnlyList<MlpLayerShape> Layers
    {
        get
        {
            int[] sizes = [InputSize, .. _hiddenLayers, ClassCount];
            return [.. sizes.Zip(sizes.Skip(1), (inputSize, outputSize) => new MlpLayerShape(inputSize, outputSize))];
        }
    }

    /// <summary>Number of weights and biases in all layers.</summary>
    public long ParameterCount => Layers.Sum(layer => layer.ParameterCount);

    /// <summary>The sizes in the usual notation, for example <c>784-512-256-10</c>.</summary>
    public override string ToString() => string.Join('-', [InputSize, .. _hiddenLayers, ClassCount]);
}
