namespace MnistML;

/// <summary>The size of one fully connected layer.</summary>
/// <param name="InputSize">Values that come in: columns of the weight matrix.</param>
/// <param name="OutputSize">Values that go out: rows of the weight matrix, and number of biases.</param>
public readonly record struct MlpLayerShape(int InputSize, int OutputSize)
{
    /// <summary>Number of weights, <c>OutputSize × InputSize</c>.</summary>
    public long WeightCount => (long)OutputSize * InputSize;

    /// <summary>Number of weights and biases.</summary>
    public long ParameterCount => WeightCount + OutputSize;
}
