namespace MnistML.Onnx;

/// <summary>A network as a saved ONNX model holds it.</summary>
/// <param name="Parameters">Its architecture, weights and biases.</param>
/// <param name="InputName">Name of the model's input, the features.</param>
/// <param name="Output">Name and meaning of the model's output.</param>
/// <param name="Properties">Metadata, by name.</param>
internal sealed record OnnxMlp(
    MlpModelParameters Parameters, string InputName, OnnxOutput Output, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>In binary classification the logit above which a row is predicted to be true.</summary>
    public float Threshold { get; init; }

    /// <summary>
    /// Whether the first layer is computed from the features that are not zero. It says how a model is scored, not what it computes.
    /// </summary>
    public bool HasSparseFeatures { get; init; }
}
