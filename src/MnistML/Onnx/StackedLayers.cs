namespace MnistML.Onnx;

/// <summary>Layers of all members of an ensemble as one layer, so that one product computes them, and back.</summary>
internal static class StackedLayers
{
    /// <summary>
    /// The first layers of all members, one below the other: they read the same inputs, so that one product computes them.
    /// </summary>
    public static MlpLayerParameters OfFirst(MlpModelParameters model)
    {
        if (model.Members is [var single])
        {
            return single.Layers[0];
        }

        MlpLayerParameters[] layers = [.. model.Members.Select(member => member.Layers[0])];
        return new MlpLayerParameters(
            layers[0].Shape with { OutputSize = layers.Sum(layer => layer.Shape.OutputSize) },
            [.. layers.SelectMany(layer => layer.Weights.ToArray())],
            [.. layers.SelectMany(layer => layer.Biases.ToArray())]);
    }

    /// <summary>A layer of all members as one, with zeros between them.</summary>
    public static MlpLayerParameters BlockDiagonal(IReadOnlyList<MlpModelParameters> members, int layer)
    {
        var shape = members[0].Layers[layer].Shape;
        var width = members.Count * shape.InputSize;
        var weights = new float[members.Count * shape.OutputSize * width];
        for (var member = 0; member < members.Count; member++)
        {
            var from = members[member].Layers[layer].Weights.Span;
            for (var output = 0; output < shape.OutputSize; output++)
            {
                var row = (((member * shape.OutputSize) + output) * width) + (member * shape.InputSize);
                from.Slice(output * shape.InputSize, shape.InputSize).CopyTo(weights.AsSpan(row));
            }
        }

        return new MlpLayerParameters(
            new MlpLayerShape(width, members.Count * shape.OutputSize),
            weights,
            [.. members.SelectMany(member => member.Layers[layer].Biases.ToArray())]);
    }

    /// <summary>One member's units of the first layer, which holds those of all.</summary>
    public static MlpLayerParameters PartOf(MlpLayerParameters layer, int member, int memberCount)
    {
        var shape = layer.Shape with { OutputSize = layer.Shape.OutputSize / memberCount };
        return memberCount == 1
            ? layer
            : new MlpLayerParameters(
                shape,
                layer.Weights.Slice(member * (int)shape.WeightCount, (int)shape.WeightCount).ToArray(),
                layer.Biases.Slice(member * shape.OutputSize, shape.OutputSize).ToArray());
    }

    /// <summary>One member's block of a layer in which those of all members lie along a diagonal.</summary>
    public static MlpLayerParameters BlockOf(MlpLayerParameters layer, int member, int memberCount)
    {
        if (layer.Shape.InputSize % memberCount > 0 || layer.Shape.OutputSize % memberCount > 0)
        {
            throw new InvalidDataException(
                $"the ONNX model's last layer has {layer.Shape.InputSize} inputs and {layer.Shape.OutputSize} outputs, "
                + $"which {memberCount} members can't share.");
        }

        var shape = new MlpLayerShape(layer.Shape.InputSize / memberCount, layer.Shape.OutputSize / memberCount);
        var weights = new float[shape.WeightCount];
        for (var output = 0; output < shape.OutputSize; output++)
        {
            var row = (((member * shape.OutputSize) + output) * layer.Shape.InputSize) + (member * shape.InputSize);
            layer.Weights.Span.Slice(row, shape.InputSize).CopyTo(weights.AsSpan(output * shape.InputSize));
        }

        return new MlpLayerParameters(shape, weights, layer.Biases.Slice(member * shape.OutputSize, shape.OutputSize).ToArray());
    }
}
