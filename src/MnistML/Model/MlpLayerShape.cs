namespace MnistML;

/// <summary>The size of one fully connected layer.</summary>
/// <param name="InputSize">Number of inputs: columns of the weight matrix.</param>
/// <param name="OutputSize">Number of outputs: rows of the weight matrix, and number of biases.</param>
public readonly record struct MlpLayerShape(int InputSize, int OutputSize)
{
    /// <summary>Number of weights, <c>OutputSize × InputSize</c>.</summary>
    public long WeightCount => (long)OutputSize * InputSize;

    /// <summary>Number of weights and biases.</summary>
    public long ParameterCount => WeightCount + OutputSize;
}
