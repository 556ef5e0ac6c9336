namespace MnistML.Onnx;

/// <summary>
/// The output of a saved ONNX model. In multiclass classification it is <c>(log softmax(logits) - Offsets) / Scale</c> for each class; with
/// offsets of 0 and a scale of 1 these are the logarithms of the probabilities. Without offsets it is the probabilities themselves. In the
/// other tasks it is that of the last layer, without offsets and scale.
/// </summary>
internal sealed record OnnxOutput(string Name, IReadOnlyList<float> Offsets, float Scale)
{
    /// <summary>An output that is that of the last layer, or in multiclass classification the probabilities.</summary>
    public OnnxOutput(string name)
        : this(name, [], Scale: 1)
    {
    }

    /// <summary>The constant of the offsets.</summary>
    public const string OffsetsName = "offsets";

    /// <summary>The constant of the scale.</summary>
    public const string ScaleName = "scale";
}
