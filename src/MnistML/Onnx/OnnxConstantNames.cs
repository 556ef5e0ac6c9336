namespace MnistML.Onnx;

/// <summary>The names of the constants that hold a network, without the prefix that <see cref="OnnxGraphBuilder"/> gives them.</summary>
internal static class OnnxConstantNames
{
    /// <summary>Constants of the encoding: the features that are columns themselves, and those of the bins.</summary>
    public const string ValuesName = "encoding.values";

    /// <inheritdoc cref="ValuesName"/>
    public const string BinsName = "encoding.bins";

    /// <summary>Constants of the encoding: where the bins begin and end.</summary>
    public const string LowName = "encoding.low";

    /// <inheritdoc cref="LowName"/>
    public const string HighName = "encoding.high";

    /// <summary>The constant of the first layer's weights feature by feature, where only those of some features are read.</summary>
    public const string SparseWeightsName = "layers.0.weight.transposed";

    /// <summary>
    /// The constant of a layer's weights: those of one member, or, where none is named, of all members together. In the first layer they
    /// lie one below the other, in others along a diagonal with zeros between.
    /// </summary>
    public static string WeightsName(int layer, int? member = null) => $"{Prefix(member)}layers.{layer}.weight";

    /// <summary>The constant of a layer's biases, likewise.</summary>
    public static string BiasesName(int layer, int? member = null) => $"{Prefix(member)}layers.{layer}.bias";

    private static string Prefix(int? member) => member is { } number ? $"members.{number}." : "";
}
