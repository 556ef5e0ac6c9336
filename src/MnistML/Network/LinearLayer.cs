using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>A fully connected layer in libtorch: <c>output = input · weightsᵀ + biases</c>. It owns both tensors.</summary>
internal sealed class LinearLayer : IDisposable
{
    public LinearLayer(MlpLayerShape shape)
    {
        Shape = shape;
        Weights = zeros(shape.OutputSize, shape.InputSize, requires_grad: true).DetachFromDisposeScope();
        Biases = zeros(shape.OutputSize, requires_grad: true).DetachFromDisposeScope();
    }

    public MlpLayerShape Shape { get; }

    /// <summary><c>[outputs, inputs]</c>, as in PyTorch's <c>nn.Linear</c>.</summary>
    public Tensor Weights { get; }

    /// <summary><c>[outputs]</c>.</summary>
    public Tensor Biases { get; }

    public Tensor Forward(Tensor input) => nn.functional.linear(input, Weights, Biases);

    public MlpLayerParameters ToLayerParameters() => new(Shape, ToArray(Weights), ToArray(Biases));

    public void Dispose()
    {
        Weights.Dispose();
        Biases.Dispose();
    }

    private static float[] ToArray(Tensor parameter)
    {
        using var scope = NewDisposeScope();
        return parameter.detach().cpu().data<float>().ToArray();
    }
}
