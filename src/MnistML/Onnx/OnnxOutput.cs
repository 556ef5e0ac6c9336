namespace MnistML.Onnx;

/// <summary>
/// The output of an ONNX model for each class: <c>(log softmax(logits) - Offsets) / Scale</c>. With offsets of 0 and a scale of 1 these are
/// the logarithms of the probabilities.
/// </summary>
internal sealed record OnnxOutput(string Name, IReadOnlyList<float> Offsets, float Scale)
{
    /// <summary>The constant of the offsets.</summary>
    public const string OffsetsName = "offsets";

    /// <summary>The constant of the scale.</summary>
    public const string ScaleName = "scale";
}
