using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>A fully connected layer in libtorch: <c>output = input · weightsᵀ + biases</c>. It owns both tensors.</summary>
internal sealed class LinearLayer : IDisposable
{
    public LinearLayer(MlpLayerShape shape, NetworkSettings settings)
    {
        Shape = shape;
        Weights = zeros(shape.OutputSize, shape.InputSize, settings.Type, settings.Device, requires_grad: true).DetachFromDisposeScope();
        Biases = zeros(shape.OutputSize, settings.Type, settings.Device, requires_grad: true).DetachFromDisposeScope();
    }

    public MlpLayerShape Shape { get; }

    /// <summary><c>[outputs, inputs]</c>, as in PyTorch's <c>nn.Linear</c>.</summary>
    public Tensor Weights { get; }

    /// <summary><c>[outputs]</c>.</summary>
    public Tensor Biases { get; }

    public Tensor Forward(Tensor input) => nn.functional.linear(input, Weights, Biases);

    /// <summary>The forward pass of training, whose product may be of another type; the result has the type of the parameters.</summary>
    public Tensor ForwardTraining(Tensor input, ScalarType productType) => productType == Weights.dtype
        ? Forward(input)
        : nn.functional.linear(input.to(productType), Weights.to(productType)).to(Weights.dtype) + Biases;

    public void Dispose()
    {
        Weights.Dispose();
        Biases.Dispose();
    }
}
