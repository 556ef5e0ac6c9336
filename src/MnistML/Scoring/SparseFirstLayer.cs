using Microsoft.ML.Data;
using MnistML.Common;
using MnistML.Onnx;
using MnistML.Vectors;

namespace MnistML.Scoring;

/// <summary>
/// The first layer of a network of sparse features, in front of the ONNX graph of the others: it reads only the weights of features that
/// are not zero. Its outputs are those of the layer, before the activation. It is thread-safe.
/// </summary>
/// <param name="model">The network.</param>
internal sealed class SparseFirstLayer(MlpModelParameters model)
{
    [ThreadStatic]
    private static SparseRows? _entries;

    /// <summary>The weights feature by feature, made when they are first needed.</summary>
    private readonly Lazy<float[]> _weights = new(() => Transpose(StackedLayers.OfFirst(model)));
    private readonly float[] _biases = [.. model.Members.SelectMany(member => member.Layers[0].Biases.ToArray())];

    /// <summary>The units of all members.</summary>
    public int UnitCount => _biases.Length;

    /// <summary>Computes the outputs for a row.</summary>
    /// <param name="features">The features, in either form.</param>
    /// <param name="outputs">Overwritten, <see cref="UnitCount"/> values.</param>
    public void Compute(in VBuffer<float> features, Span<float> outputs)
    {
        var entries = _entries ??= new SparseRows();
        entries.Clear();
        entries.Append(new RowFeatures(features.Length, features.GetValues(), features.IsDense ? [] : features.GetIndices()));
        _biases.CopyTo(outputs);
        SparseProduct.Add(entries.Slots, entries.Values, _weights.Value, UnitCount, start: 0, outputs);
    }

    private static float[] Transpose(MlpLayerParameters layer) =>
        FloatMatrix.Transpose(layer.Weights.Span, layer.Shape.OutputSize, layer.Shape.InputSize);
}
