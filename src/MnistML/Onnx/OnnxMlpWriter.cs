using System.Globalization;
using Google.Protobuf;

namespace MnistML.Onnx;

/// <summary>Writes networks as ONNX models with different inputs and outputs.</summary>
internal static class OnnxMlpWriter
{
    /// <summary>Names the activation, which no operator shows in a network without hidden layers.</summary>
    public const string ActivationProperty = "mnistml.activation";

    /// <summary>Names the task, unless it is multiclass classification. Models before 0.3 name none, and are of that.</summary>
    public const string TaskProperty = "mnistml.task";

    /// <summary>The threshold of binary classification, unless it is 0.</summary>
    public const string ThresholdProperty = "mnistml.threshold";

    /// <summary>The number of members, unless it is 1.</summary>
    public const string MembersProperty = "mnistml.members";

    /// <summary>Says that the first layer is computed from the features that are not zero.</summary>
    public const string SparseFeaturesProperty = "mnistml.sparse_features";

    /// <summary>Outputs of an exported model, with the names of ML.NET's columns.</summary>
    public const string LabelName = "PredictedLabel";

    /// <inheritdoc cref="LabelName"/>
    public const string ScoreName = "Score";

    /// <inheritdoc cref="LabelName"/>
    public const string ProbabilityName = "Probability";

    /// <summary>
    /// IR version 8 and operator set 17 are those of ONNX 1.12 (2022); nothing here needs newer ones, and more readers support them.
    /// </summary>
    private const int IrVersion = 8;
    private const int OperatorSet = 17;

    private const string RowsDimension = "rows";
    private const TensorProto.Types.DataType Float = TensorProto.Types.DataType.Float;

    /// <summary>
    /// A model from one row of features, <c>[1, features]</c>, to a vector of <c>[outputs]</c>, as ML.NET's ONNX transformer needs it: that
    /// crashes on an output of rank 0, and turns one of rank 2 into a matrix-shaped column.
    /// </summary>
    public static byte[] WriteForRow(OnnxMlp mlp) => BuildForRow(mlp).ToByteArray();

    /// <summary>The model that <see cref="WriteForRow"/> writes.</summary>
    public static ModelProto BuildForRow(OnnxMlp mlp)
    {
        var architecture = mlp.Parameters.Architecture;
        var graph = new GraphProto
        {
            Name = "mlp",
            Input = { Value(mlp.InputName, Float, 1, architecture.InputSize) },
            Output = { Value(mlp.Output.Name, Float, architecture.OutputSize) },
        };
        var builder = new OnnxGraphBuilder(graph, mlp.InputName);
        var shape = builder.Constant("shape", [architecture.OutputSize]);
        var outputs = mlp.HasSparseFeatures ? OnnxMlpLayers.AppendForSparseRow(builder, mlp) : OnnxMlpLayers.Append(builder, mlp);
        builder.NamedNode("Reshape", [AppendOutput(builder, mlp, outputs), shape], mlp.Output.Name);
        return ToModel(graph, mlp);
    }

    /// <summary>The same for any number of rows: <c>[rows, features]</c> to <c>[rows, outputs]</c>.</summary>
    public static byte[] WriteForBatches(OnnxMlp mlp) =>
        BuildForBatches(mlp, mlp.Parameters.Architecture.InputSize, OnnxMlpLayers.Append).ToByteArray();

    /// <summary>
    /// The same without the encoding and the first layer: from their outputs, those of all members, <c>[rows, units]</c>.
    /// </summary>
    /// <param name="mlp">The network.</param>
    /// <param name="unitCount">The first layer's units in all members.</param>
    public static byte[] WriteAfterFirstLayer(OnnxMlp mlp, int unitCount) =>
        BuildForBatches(mlp, unitCount, OnnxMlpLayers.AppendAfterFirst).ToByteArray();

    private static ModelProto BuildForBatches(OnnxMlp mlp, int inputCount, Func<OnnxGraphBuilder, OnnxMlp, string> append)
    {
        var graph = new GraphProto
        {
            Name = "mlp",
            Input = { Value(mlp.InputName, Float, RowsDimension, inputCount) },
            Output = { Value(mlp.Output.Name, Float, RowsDimension, mlp.Parameters.Architecture.OutputSize) },
        };
        var builder = new OnnxGraphBuilder(graph, mlp.InputName);
        builder.NamedNode("Identity", [AppendOutput(builder, mlp, append(builder, mlp))], mlp.Output.Name);
        return ToModel(graph, mlp);
    }

    /// <summary>
    /// A model for other tools: features, <c>[rows, features]</c>, to the columns of ML.NET. In multiclass classification these are the
    /// zero-based index of the most probable class, int64 <c>[rows]</c>, and the probabilities, <c>[rows, classes]</c>; in binary
    /// classification the predicted label, bool, the logit and the probability, each <c>[rows]</c>; in regression the prediction,
    /// <c>[rows]</c>.
    /// </summary>
    public static byte[] WriteForExport(OnnxMlp mlp) => BuildForExport(mlp).ToByteArray();

    /// <summary>The model that <see cref="WriteForExport"/> writes.</summary>
    public static ModelProto BuildForExport(OnnxMlp mlp)
    {
        var graph = new GraphProto
        {
            Name = "mlp",
            Input = { Value(mlp.InputName, Float, RowsDimension, mlp.Parameters.Architecture.InputSize) },
        };
        var builder = new OnnxGraphBuilder(graph, mlp.InputName);
        var outputs = OnnxMlpLayers.Append(builder, mlp);
        var (label, score, probability) = (UnlikeInput(LabelName), UnlikeInput(ScoreName), UnlikeInput(ProbabilityName));
        switch (mlp.Parameters.Architecture.Task)
        {
            case MlpTask.Multiclass:
                graph.Output.Add(Value(label, TensorProto.Types.DataType.Int64, RowsDimension));
                graph.Output.Add(Value(score, Float, RowsDimension, mlp.Parameters.Architecture.OutputSize));
                builder.NamedNode(
                    "ArgMax", [outputs], label, OnnxGraphBuilder.Attribute("axis", 1), OnnxGraphBuilder.Attribute("keepdims", 0));
                builder.NamedNode("Softmax", [outputs], score, OnnxGraphBuilder.Attribute("axis", 1));
                break;
            case MlpTask.Binary:
                graph.Output.Add(Value(label, TensorProto.Types.DataType.Bool, RowsDimension));
                graph.Output.Add(Value(score, Float, RowsDimension));
                graph.Output.Add(Value(probability, Float, RowsDimension));
                AppendNumbers(score);
                builder.NamedNode("Greater", [score, builder.Constant("threshold", [mlp.Threshold], [])], label);
                builder.NamedNode("Sigmoid", [score], probability);
                break;
            default:
                graph.Output.Add(Value(score, Float, RowsDimension));
                AppendNumbers(score);
                break;
        }

        return ToModel(graph, mlp);

        string UnlikeInput(string name) => name == mlp.InputName ? $"{name}.output" : name;

        void AppendNumbers(string name) => builder.NamedNode("Reshape", [outputs, builder.Constant("shape", [-1])], name);
    }

    private static ModelProto ToModel(GraphProto graph, OnnxMlp mlp)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = nameof(MnistML),
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } },
        };
        foreach (var (name, text) in OwnProperties(mlp).Concat(mlp.Properties))
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = name, Value = text });
        }

        return model;
    }

    /// <summary>What the graph does not show, or not to every reader.</summary>
    private static IEnumerable<KeyValuePair<string, string>> OwnProperties(OnnxMlp mlp)
    {
        var architecture = mlp.Parameters.Architecture;
        yield return KeyValuePair.Create(ActivationProperty, $"{architecture.Activation}");
        if (architecture.Task != MlpTask.Multiclass)
        {
            yield return KeyValuePair.Create(TaskProperty, $"{architecture.Task}");
        }

        if (architecture.MemberCount > 1)
        {
            yield return KeyValuePair.Create(MembersProperty, architecture.MemberCount.ToString(CultureInfo.InvariantCulture));
        }

        if (mlp.HasSparseFeatures)
        {
            yield return KeyValuePair.Create(SparseFeaturesProperty, "true");
        }

        if (mlp.Threshold != 0)
        {
            yield return KeyValuePair.Create(ThresholdProperty, mlp.Threshold.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private static string AppendOutput(OnnxGraphBuilder builder, OnnxMlp mlp, string outputs)
    {
        if (mlp.Parameters.Architecture.Task != MlpTask.Multiclass)
        {
            return outputs;
        }

        if (mlp.Output.Offsets.Count == 0)
        {
            return builder.Node("Softmax", [outputs], OnnxGraphBuilder.Attribute("axis", 1));
        }

        // The outputs of an ensemble are logarithms of probabilities already, but for a constant, which the scorer's softmax removes.
        var logProbabilities = mlp.Parameters.Members.Count > 1
            ? outputs
            : builder.Node("LogSoftmax", [outputs], OnnxGraphBuilder.Attribute("axis", 1));
        var offsets = builder.Constant(OnnxOutput.OffsetsName, [.. mlp.Output.Offsets], mlp.Output.Offsets.Count);
        var scale = builder.Constant(OnnxOutput.ScaleName, [mlp.Output.Scale]);
        return builder.Node("Div", [builder.Node("Sub", [logProbabilities, offsets]), scale]);
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, params ReadOnlySpan<Dimension> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(dimension.ToProto());
        }

        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    /// <summary>The size of a dimension: a number, or a name if it is known only when the model runs.</summary>
    private readonly record struct Dimension(int Size, string? Name)
    {
        public static implicit operator Dimension(int size) => new(size, Name: null);

        public static implicit operator Dimension(string name) => new(Size: 0, name);

        public TensorShapeProto.Types.Dimension ToProto() =>
            Name is null
                ? new TensorShapeProto.Types.Dimension { DimValue = Size }
                : new TensorShapeProto.Types.Dimension { DimParam = Name };
    }
}
