using System.Globalization;
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

    /// <summary>Says that a model is a whole pipeline, as the package MnistML.OnnxExport writes it.</summary>
    private const string PipelineProperty = "mnistml.pipeline";

    /// <summary>Reads a model; null if this library did not write it, or if it is exported.</summary>
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
        if (model.MetadataProps.Any(entry => entry.Key == PipelineProperty))
        {
            return null; // The user's pipeline holds another one as ONNX: a stage of ML.NET, which stays one.
        }

        if (model.ProducerName != nameof(MnistML)
            && !model.MetadataProps.Any(entry => entry.Key.StartsWith(PropertyPrefix, StringComparison.Ordinal)))
        {
            return null;
        }

        if (model.Graph is not { Input: [var input], Output.Count: > 0 } graph)
        {
            throw new InvalidDataException("the ONNX model's graph has other than one input, or no output.");
        }

        var constants = new OnnxNetworkReader(Constants(graph, input.Name));
        var properties = Properties(model);
        var task = TakeTask(properties);
        var threshold = TakeThreshold(properties);
        var memberCount = TakeMemberCount(properties);
        var hasSparseFeatures = properties.Remove(OnnxMlpWriter.SparseFeaturesProperty);
        properties.Remove(OnnxMlpWriter.ActivationProperty, out var activation);
        var parameters = constants.Read(input, ParseActivation(activation), task, memberCount);
        var exported = new OnnxMlp(parameters, input.Name, new OnnxOutput(""), properties)
        {
            Threshold = threshold,
            HasSparseFeatures = hasSparseFeatures,
        };
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
        var ofNodes = graph.Node.SelectMany(node => node.Attribute).Select(attribute => attribute.T).OfType<TensorProto>();
        foreach (var tensor in graph.Initializer.Concat(ofNodes).Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)))
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

    private static OnnxOutput ReadOutput(OnnxNetworkReader constants, string name, MlpArchitecture architecture) =>
        architecture.Task != MlpTask.Multiclass || !constants.Has(OnnxOutput.OffsetsName) ? new OnnxOutput(name)
        : new OnnxOutput(
            name,
            constants.ReadFloats(OnnxOutput.OffsetsName, architecture.OutputSize),
            constants.ReadFloats(OnnxOutput.ScaleName, count: 1)[0]);
}
