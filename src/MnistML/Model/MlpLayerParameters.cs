namespace MnistML;

/// <summary>The trained values of one fully connected layer: <c>output = weights · input + biases</c>.</summary>
public sealed class MlpLayerParameters
{
    /// <summary>Takes ownership of the arrays of a layer; the caller must not change them afterwards.</summary>
    internal MlpLayerParameters(MlpLayerShape shape, float[] weights, float[] biases)
    {
        if (weights.Length != shape.WeightCount || biases.Length != shape.OutputSize)
        {
            throw new ArgumentException(
                $"A layer of {shape.InputSize} inputs and {shape.OutputSize} outputs has {shape.WeightCount} weights and "
                + $"{shape.OutputSize} biases, but {weights.Length} and {biases.Length} were given.");
        }

        Shape = shape;
        Weights = weights;
        Biases = biases;
    }

    /// <summary>The layer's size.</summary>
    public MlpLayerShape Shape { get; }

    /// <summary>The weight matrix, <c>OutputSize × InputSize</c>, row by row: all weights of the first output come first.</summary>
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>The biases, one for each output.</summary>
    public ReadOnlyMemory<float> Biases { get; }
}
