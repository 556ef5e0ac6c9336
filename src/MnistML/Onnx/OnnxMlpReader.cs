using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace MnistML.Onnx;

/// <summary>
/// Reads what <see cref="OnnxMlpWriter.WriteForRow"/> writes, and nothing else: it looks up the constants by name, and the whole model must
/// then equal what the writer creates from them.
/// </summary>
internal static class OnnxMlpReader
{
    /// <summary>The prefix of all properties that this library writes.</summary>
    private const string PropertyPrefix = "mnistml.";

    /// <summary>Reads a model; null if this library did not write it, or if it is an exported one.</summary>
    /// <exception cref="InvalidDataException">
    /// It is not an ONNX model, or a damaged one of this library, or refers to other files; the message says why.
    /// </exception>
    public static OnnxMlp? TryRead(byte[] bytes)
    {
        var model = Parse(bytes);
        if (model.Graph is null)
        {
            throw new InvalidDataException("the ONNX model has no graph.");
        }

        ThrowIfExternal(model.Graph);
        if (model.ProducerName != nameof(MnistML)
            && !model.MetadataProps.Any(entry => entry.Key.StartsWith(PropertyPrefix, StringComparison.Ordinal)))
        {
            return null;
        }

        if (model.Graph is not { Input: [var input], Output.Count: > 0 } graph)
        {
            throw new InvalidDataException("the ONNX model's graph has other than one input, or no output.");
        }

        var constants = Constants(graph, input.Name);
        var properties = Properties(model);
        var task = TakeTask(properties);
        var threshold = TakeThreshold(properties);
        var memberCount = TakeMemberCount(properties);
        properties.Remove(OnnxMlpWriter.ActivationProperty, out var activation);
        var parameters = ReadParameters(constants, input, ParseActivation(activation), task, memberCount);
        var exported = new OnnxMlp(parameters, input.Name, new OnnxOutput(""), properties) { Threshold = threshold };
        if (OnnxMlpWriter.BuildForExport(exported).Equals(model))
        {
            return null; // The user's pipeline holds an exported network: it is a stage of ML.NET and stays one.
        }

        var mlp = exported with { Output = ReadOutput(constants, graph.Output[0].Name, parameters.Architecture) };
        return OnnxMlpWriter.BuildForRow(mlp).Equals(model)
            ? mlp
            : throw new InvalidDataException("the ONNX model holds something else than a network as this version of MnistML saves it.");
    }

    private static ModelProto Parse(byte[] bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InvalidDataException($"the ONNX model can't be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// External data are paths of other files. A file from elsewhere must not contain any, in its graph or in a nested one.
    /// </summary>
    private static void ThrowIfExternal(GraphProto? graph)
    {
        if (graph is null)
        {
            return;
        }

        var attributes = graph.Node.SelectMany(node => node.Attribute).ToArray();
        foreach (var tensor in graph.Initializer.Concat(attributes.SelectMany(attribute => attribute.Tensors.Append(attribute.T))))
        {
            if (tensor is not null && (tensor.ExternalData.Count > 0 || tensor.DataLocation != TensorProto.Types.DataLocation.Default))
            {
                throw new InvalidDataException(
                    $"the ONNX model's constant '{tensor.Name}' lies in another file (external_data), which is not followed.");
            }
        }

        foreach (var inner in attributes.SelectMany(attribute => attribute.Graphs.Append(attribute.G)))
        {
            ThrowIfExternal(inner);
        }
    }

    private static Dictionary<string, TensorProto> Constants(GraphProto graph, string inputName)
    {
        var constants = new Dictionary<string, TensorProto>();
        var prefix = OnnxGraphBuilder.ConstantName(inputName, "");
        foreach (var tensor in graph.Initializer.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            constants.TryAdd(tensor.Name[prefix.Length..], tensor);
        }

        return constants;
    }

    private static Dictionary<string, string> Properties(ModelProto model)
    {
        var properties = new Dictionary<string, string>();
        foreach (var entry in model.MetadataProps)
        {
            properties.TryAdd(entry.Key, entry.Value);
        }

        return properties;
    }

    private static MlpTask TakeTask(Dictionary<string, string> properties) =>
        !properties.Remove(OnnxMlpWriter.TaskProperty, out var name) ? MlpTask.Multiclass
        : Enum.TryParse<MlpTask>(name, out var task) && Enum.IsDefined(task) ? task
        : throw new InvalidDataException($"the ONNX model's task is '{name}', but must be one of "
            + $"{string.Join(", ", Enum.GetNames<MlpTask>())}.");

    private static float TakeThreshold(Dictionary<string, string> properties) =>
        !properties.Remove(OnnxMlpWriter.ThresholdProperty, out var text) ? 0
        : float.TryParse(text, CultureInfo.InvariantCulture, out var threshold) && !float.IsNaN(threshold) ? threshold
        : throw new InvalidDataException($"the ONNX model's threshold is '{text}', but must be a number.");

    private static int TakeMemberCount(Dictionary<string, string> properties) =>
        !properties.Remove(OnnxMlpWriter.MembersProperty, out var text) ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 1 ? count
        : throw new InvalidDataException($"the ONNX model has '{text}' members, but must have a number above 1.");

    private static MlpActivation ParseActivation(string? name) =>
        Enum.TryParse<MlpActivation>(name, out var activation) && Enum.IsDefined(activation)
            ? activation
            : throw new InvalidDataException($"the ONNX model's activation is '{name}', but must be one of "
                + $"{string.Join(", ", Enum.GetNames<MlpActivation>())}.");

    private static MlpModelParameters ReadParameters(
        Dictionary<string, TensorProto> constants, ValueInfoProto input, MlpActivation activation, MlpTask task, int memberCount)
    {
        var encoding = ReadEncoding(constants, input);
        var first = ReadLayer(constants, layer: 0, member: null);
        if (first.Shape.OutputSize % memberCount != 0)
        {
            throw new InvalidDataException(
                $"the ONNX model's first layer has {first.Shape.OutputSize} units, which {memberCount} members can't share.");
        }

        MlpModelParameters[] members =
        [
            .. Enumerable.Range(0, memberCount).Select(
                member => ReadMember(constants, first, member, memberCount, encoding, activation, task)),
        ];
        return memberCount == 1 ? members[0]
            : members.All(member => member.Architecture == members[0].Architecture) ? new MlpModelParameters(members)
            : throw new InvalidDataException(
                $"the ONNX model's members have the sizes {string.Join(", ", members.Select(member => member.Architecture))}, "
                + "but all must have the same.");
    }

    private static MlpModelParameters ReadMember(
        Dictionary<string, TensorProto> constants,
        MlpLayerParameters first,
        int member,
        int memberCount,
        MlpEncoding? encoding,
        MlpActivation activation,
        MlpTask task)
    {
        int? name = memberCount == 1 ? null : member;
        var layers = new List<MlpLayerParameters> { PartOf(first, member, memberCount) };
        while (constants.ContainsKey(OnnxMlpWriter.WeightsName(layers.Count, name)))
        {
            layers.Add(ReadLayer(constants, layers.Count, name));
        }

        if (memberCount > 1 && constants.ContainsKey(OnnxMlpWriter.WeightsName(layers.Count)))
        {
            layers.Add(BlockOf(ReadLayer(constants, layers.Count, member: null), member, memberCount));
        }

        var fits = layers.Zip(layers.Skip(1), (layer, next) => layer.Shape.OutputSize == next.Shape.InputSize);
        if (fits.Contains(false) || (encoding is not null && encoding.Columns.Count != first.Shape.InputSize))
        {
            throw new InvalidDataException($"the ONNX model has {layers.Count} layers, which don't make a network.");
        }

        var outputSize = layers[^1].Shape.OutputSize;
        return task == MlpTask.Multiclass || outputSize == 1
            ? new MlpModelParameters(
                new MlpArchitecture(
                    encoding?.FeatureCount ?? first.Shape.InputSize,
                    layers.SkipLast(1).Select(layer => layer.Shape.OutputSize),
                    outputSize,
                    activation,
                    task,
                    memberCount: 1,
                    encoding?.Columns.Count),
                layers,
                encoding)
            : throw new InvalidDataException($"the ONNX model is for {task}, but has {outputSize} outputs instead of one.");
    }

    /// <summary>One member's units of the first layer, which holds those of all.</summary>
    private static MlpLayerParameters PartOf(MlpLayerParameters layer, int member, int memberCount)
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
    private static MlpLayerParameters BlockOf(MlpLayerParameters layer, int member, int memberCount)
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

    private static MlpEncoding? ReadEncoding(Dictionary<string, TensorProto> constants, ValueInfoProto input)
    {
        if (!constants.ContainsKey(OnnxMlpWriter.BinsName))
        {
            return null;
        }

        long[] values = ReadIntegers(constants, OnnxMlpWriter.ValuesName), bins = ReadIntegers(constants, OnnxMlpWriter.BinsName);
        var (low, high) = (
            ReadFloats(constants, OnnxMlpWriter.LowName, bins.Length), ReadFloats(constants, OnnxMlpWriter.HighName, bins.Length));
        var featureCount = input.Type?.TensorType?.Shape?.Dim is [_, { DimValue: >= 1 and <= int.MaxValue and var count }] ? (int)count : 0;
        try
        {
            return new MlpEncoding(
                featureCount,
                [
                    .. values.Select(value => new MlpEncodedColumn(checked((int)value))),
                    .. bins.Select((bin, i) => new MlpEncodedColumn(checked((int)bin), low[i], high[i])),
                ]);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"the ONNX model's encoding can't be used: {error.Message}.", error);
        }
    }

    private static MlpLayerParameters ReadLayer(Dictionary<string, TensorProto> constants, int layer, int? member)
    {
        var name = OnnxMlpWriter.WeightsName(layer, member);
        var dimensions = constants.GetValueOrDefault(name)?.Dims;
        return dimensions is [>= 1 and <= int.MaxValue and var outputs, >= 1 and <= int.MaxValue and var inputs]
            ? new MlpLayerParameters(
                new MlpLayerShape((int)inputs, (int)outputs),
                ReadFloats(constants, name, outputs * inputs),
                ReadFloats(constants, OnnxMlpWriter.BiasesName(layer, member), outputs))
            : throw new InvalidDataException(
                dimensions is null
                    ? "the ONNX model has 0 layers, which don't make a network."
                    : $"the ONNX model's weights of layer {layer} have the shape "
                        + $"[{string.Join(", ", dimensions.Select(size => size.ToString(CultureInfo.InvariantCulture)))}].");
    }

    private static OnnxOutput ReadOutput(Dictionary<string, TensorProto> constants, string name, MlpArchitecture architecture) =>
        architecture.Task != MlpTask.Multiclass ? new OnnxOutput(name)
        : new OnnxOutput(
            name,
            ReadFloats(constants, OnnxOutput.OffsetsName, architecture.OutputSize),
            ReadFloats(constants, OnnxOutput.ScaleName, count: 1)[0]);

    private static long[] ReadIntegers(Dictionary<string, TensorProto> constants, string name)
    {
        var bytes = constants.TryGetValue(name, out var tensor) ? tensor.RawData.Span : default;
        return MemoryMarshal.Cast<byte, long>(bytes).ToArray();
    }

    /// <summary>Reads the values of a constant; nothing is allocated for values that are not there.</summary>
    private static float[] ReadFloats(Dictionary<string, TensorProto> constants, string name, long count)
    {
        var bytes = constants.TryGetValue(name, out var tensor) ? tensor.RawData.Span : default;
        return bytes.Length % sizeof(float) == 0 && bytes.Length / sizeof(float) == count
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : throw new InvalidDataException(
                $"the ONNX model's constant '{name}' has {bytes.Length} bytes, but {count} floats were expected.");
    }
}
