using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// A multi-layer perceptron in libtorch: float32 weights and biases that learn. It owns them; call it within a dispose scope that
/// frees what its computations leave.
/// </summary>
internal sealed class MlpNetwork : IDisposable
{
    /// <summary>Makes a network whose weights and biases are not yet set.</summary>
    public MlpNetwork(MlpArchitecture architecture)
    {
        Architecture = architecture;
        Layers = [.. architecture.Layers.Select(shape => new LinearLayer(shape))];
        Parameters = [.. Layers.SelectMany(layer => (Tensor[])[layer.Weights, layer.Biases])];
    }

    public MlpArchitecture Architecture { get; }

    /// <summary>The layers from the input on, the output layer last.</summary>
    public IReadOnlyList<LinearLayer> Layers { get; }

    /// <summary>Weights and biases, layer by layer.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The logits, <c>[rows, classes]</c>, of features, <c>[rows, features]</c>.</summary>
    public Tensor Forward(Tensor features)
    {
        var values = Layers[0].Forward(features);
        foreach (var layer in Layers.Skip(1))
        {
            values = layer.Forward(Activate(values));
        }

        return values;
    }

    /// <summary>The mean cross-entropy in nats of logits, <c>[rows, classes]</c>, for zero-based labels, <c>[rows]</c>.</summary>
    /// <remarks>
    /// For one row it is <c>log Σⱼ exp(logitⱼ) - logit of the label</c>: minus the logarithm of the label's softmax, so that labels need no
    /// one-hot form.
    /// </remarks>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels) => nn.functional.cross_entropy(logits, labels);

    /// <summary>The gradients of a loss, one for each of <see cref="Parameters"/>.</summary>
    public IReadOnlyList<Tensor> Gradients(Tensor loss) => [.. autograd.grad([loss], [.. Parameters])];

    /// <summary>A copy of the weights and biases as plain values.</summary>
    public MlpModelParameters ToModelParameters() => new(Architecture, [.. Layers.Select(layer => layer.ToLayerParameters())]);

    public void Dispose()
    {
        foreach (var layer in Layers)
        {
            layer.Dispose();
        }
    }

    private Tensor Activate(Tensor values) => Architecture.Activation switch
    {
        MlpActivation.Relu => nn.functional.relu(values),
        MlpActivation.LeakyRelu => nn.functional.leaky_relu(values, MlpArchitecture.LeakyReluSlope),
        MlpActivation.Gelu => nn.functional.gelu(values),
        MlpActivation.Silu => nn.functional.silu(values),
        MlpActivation.Tanh => nn.functional.tanh(values),
        MlpActivation.Sigmoid => nn.functional.sigmoid(values),
        _ => throw new InvalidOperationException($"There is no activation {Architecture.Activation}."),
    };
}
