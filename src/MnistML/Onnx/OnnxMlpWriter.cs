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

    /// <summary>Constants of the encoding: the features that are columns themselves, and those of the bins.</summary>
    public const string ValuesName = "encoding.values";

    /// <inheritdoc cref="ValuesName"/>
    public const string BinsName = "encoding.bins";

    /// <summary>Constants of the encoding: where the bins begin and end.</summary>
    public const string LowName = "encoding.low";

    /// <inheritdoc cref="LowName"/>
    public const string HighName = "encoding.high";

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

    /// <summary>The most outputs of all members together that are worth a product with zeros.</summary>
    private const int MaxJoinedOutputs = 32;

    private const string RowsDimension = "rows";
    private const TensorProto.Types.DataType Float = TensorProto.Types.DataType.Float;

    /// <summary>
    /// The constant of a layer's weights: those of one member, or, where none is named, of all members together. In the first layer they
    /// lie one below the other, in others along a diagonal with zeros between.
    /// </summary>
    public static string WeightsName(int layer, int? member = null) => $"{Prefix(member)}layers.{layer}.weight";

    /// <summary>The constant of a layer's biases, likewise.</summary>
    public static string BiasesName(int layer, int? member = null) => $"{Prefix(member)}layers.{layer}.bias";

    private static string Prefix(int? member) => member is { } number ? $"members.{number}." : "";

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
        builder.NamedNode("Reshape", [AppendOutput(builder, mlp, AppendLayers(builder, mlp)), shape], mlp.Output.Name);
        return ToModel(graph, mlp);
    }

    /// <summary>The same for any number of rows: <c>[rows, features]</c> to <c>[rows, outputs]</c>.</summary>
    public static byte[] WriteForBatches(OnnxMlp mlp) => BuildForBatches(mlp).ToByteArray();

    private static ModelProto BuildForBatches(OnnxMlp mlp)
    {
        var architecture = mlp.Parameters.Architecture;
        var graph = new GraphProto
        {
            Name = "mlp",
            Input = { Value(mlp.InputName, Float, RowsDimension, architecture.InputSize) },
            Output = { Value(mlp.Output.Name, Float, RowsDimension, architecture.OutputSize) },
        };
        var builder = new OnnxGraphBuilder(graph, mlp.InputName);
        builder.NamedNode("Identity", [AppendOutput(builder, mlp, AppendLayers(builder, mlp))], mlp.Output.Name);
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
        var outputs = AppendLayers(builder, mlp);
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

        if (mlp.Threshold != 0)
        {
            yield return KeyValuePair.Create(ThresholdProperty, mlp.Threshold.ToString("R", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// Appends the encoding, all layers and the average of the members, and returns the name of the outputs, <c>[rows, outputs]</c>.
    /// </summary>
    private static string AppendLayers(OnnxGraphBuilder builder, OnnxMlp mlp)
    {
        var model = mlp.Parameters;
        var inputs = model.Encoding is { } encoding ? AppendEncoding(builder, encoding, mlp.InputName) : mlp.InputName;
        var first = AppendLayer(builder, FirstLayerOf(model), layer: 0, member: null, inputs);
        return model.Members is [var single]
            ? AppendFurtherLayers(builder, single, first)
            : AppendAverage(builder, model.Architecture, AppendFurtherLayers(builder, model, model.Members, first));
    }

    /// <summary>The features that are columns themselves, then the bins, <c>[rows, columns]</c>.</summary>
    private static string AppendEncoding(OnnxGraphBuilder builder, MlpEncoding encoding, string input)
    {
        MlpEncodedColumn[] bins = [.. encoding.Columns.Skip(encoding.ValueCount)];
        var low = builder.Constant(LowName, [.. bins.Select(bin => bin.Low)], bins.Length);
        var high = builder.Constant(HighName, [.. bins.Select(bin => bin.High)], bins.Length);
        var above = builder.Node("Sub", [Gather(BinsName, bins), low]);
        var parts = builder.Node("Div", [above, builder.Node("Sub", [high, low])]);
        var clipped = builder.Node(
            "Clip", [parts, builder.Constant("encoding.zero", [0f]), builder.Constant("encoding.one", [1f])]);
        return encoding.ValueCount == 0
            ? clipped
            : builder.Node(
                "Concat",
                [Gather(ValuesName, encoding.Columns.Take(encoding.ValueCount)), clipped],
                OnnxGraphBuilder.Attribute("axis", 1));

        string Gather(string name, IEnumerable<MlpEncodedColumn> columns) => builder.Node(
            "Gather",
            [input, builder.Constant(name, [.. columns.Select(column => (long)column.Feature)])],
            OnnxGraphBuilder.Attribute("axis", 1));
    }

    /// <summary>
    /// The first layers of all members, one below the other: they read the same inputs, so that one product computes them.
    /// </summary>
    private static MlpLayerParameters FirstLayerOf(MlpModelParameters model)
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

    private static string AppendFurtherLayers(OnnxGraphBuilder builder, MlpModelParameters model, string output)
    {
        for (var layer = 1; layer < model.Layers.Count; layer++)
        {
            var activated = AppendActivation(builder, model.Architecture.Activation, output);
            output = AppendLayer(builder, model.Layers[layer], layer, member: null, activated);
        }

        return output;
    }

    /// <summary>
    /// The same for an ensemble, <c>[rows, members · units]</c> to <c>[rows, members · outputs]</c>. Each operator costs a microsecond, so
    /// few outputs are one product with zeros between the members.
    /// </summary>
    private static string AppendFurtherLayers(
        OnnxGraphBuilder builder, MlpModelParameters model, IReadOnlyList<MlpModelParameters> members, string output)
    {
        var architecture = model.Architecture;
        var last = architecture.Layers.Count - 1;
        if (last == 0)
        {
            return output;
        }

        var values = AppendActivation(builder, architecture.Activation, output);
        var isJoined = members.Count * architecture.OutputSize <= MaxJoinedOutputs;
        if (last > 1 || !isJoined)
        {
            var ofMembers = builder.NodeWithOutputs("Split", [values], members.Count, OnnxGraphBuilder.Attribute("axis", 1));
            for (var member = 0; member < ofMembers.Length; member++)
            {
                ofMembers[member] = AppendOfMember(builder, members[member], member, isJoined ? last : last + 1, ofMembers[member]);
            }

            values = builder.Node("Concat", ofMembers, OnnxGraphBuilder.Attribute("axis", 1));
        }

        return isJoined ? AppendLayer(builder, BlockDiagonal(members, last), last, member: null, values) : values;
    }

    /// <summary>The layers of one member from the second on, up to one that is not appended.</summary>
    private static string AppendOfMember(OnnxGraphBuilder builder, MlpModelParameters model, int member, int end, string values)
    {
        for (var layer = 1; layer < end; layer++)
        {
            values = AppendLayer(builder, model.Layers[layer], layer, member, values);
            values = layer + 1 < model.Layers.Count ? AppendActivation(builder, model.Architecture.Activation, values) : values;
        }

        return values;
    }

    /// <summary>A layer of all members as one, with zeros between them.</summary>
    private static MlpLayerParameters BlockDiagonal(IReadOnlyList<MlpModelParameters> members, int layer)
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

    private static string AppendLayer(OnnxGraphBuilder builder, MlpLayerParameters parameters, int layer, int? member, string input)
    {
        var shape = parameters.Shape;
        var weights = builder.Constant(WeightsName(layer, member), parameters.Weights.Span, shape.OutputSize, shape.InputSize);
        var biases = builder.Constant(BiasesName(layer, member), parameters.Biases.Span, shape.OutputSize);
        return builder.Node("Gemm", [input, weights, biases], OnnxGraphBuilder.Attribute("transB", 1));
    }

    /// <summary>
    /// From the outputs of all members, <c>[rows, members · outputs]</c>, to those of the ensemble: the logarithms of the sums of their
    /// probabilities, which are logits; the logit of their mean probability; or their mean.
    /// </summary>
    /// <remarks>
    /// Only operators whose result for a row does not depend on the other rows: ONNX Runtime's Softplus, Log and ReduceMean compute the
    /// last elements of a tensor, or elements at odd addresses, by other instructions, and so with other bits.
    /// </remarks>
    private static string AppendAverage(OnnxGraphBuilder builder, MlpArchitecture architecture, string outputs)
    {
        if (architecture.Task == MlpTask.Regression)
        {
            float[] shares = [.. Enumerable.Repeat(1f / architecture.MemberCount, architecture.MemberCount)];
            return builder.Node("Gemm", [outputs, builder.Constant("members.share", shares, architecture.MemberCount, 1)]);
        }

        // A dimension of 0 is the input's.
        var shape = builder.Constant("members.shape", [0, architecture.MemberCount, architecture.OutputSize]);
        var logits = builder.Node("Reshape", [outputs, shape]);
        if (architecture.Task == MlpTask.Multiclass)
        {
            return SumOfProbabilities(logits);
        }

        // The logit of false is 0, beside that of true.
        var pairs = builder.Node("Concat", [logits, builder.Node("Sub", [logits, logits])], OnnxGraphBuilder.Attribute("axis", 2));
        return builder.Node("Sub", builder.NodeWithOutputs("Split", [SumOfProbabilities(pairs)], 2, OnnxGraphBuilder.Attribute("axis", 1)));

        // The logarithms of the sums over the members.
        string SumOfProbabilities(string values) => builder.Node(
            "ReduceLogSumExp",
            [builder.Node("LogSoftmax", [values], OnnxGraphBuilder.Attribute("axis", 2))],
            OnnxGraphBuilder.Attribute("axes", [1]),
            OnnxGraphBuilder.Attribute("keepdims", 0));
    }

    private static string AppendActivation(OnnxGraphBuilder builder, MlpActivation activation, string input) => activation switch
    {
        MlpActivation.Relu => builder.Node("Relu", [input]),
        MlpActivation.LeakyRelu => builder.Node("LeakyRelu", [input], OnnxGraphBuilder.Attribute("alpha", MlpArchitecture.LeakyReluSlope)),
        MlpActivation.Gelu => AppendGelu(builder, input),
        MlpActivation.Silu => builder.Node("Mul", [input, builder.Node("Sigmoid", [input])]),
        MlpActivation.Tanh => builder.Node("Tanh", [input]),
        MlpActivation.Sigmoid => builder.Node("Sigmoid", [input]),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };

    /// <summary>
    /// <c>x · (1 + erf(x / √2)) / 2</c>: operator set 17 has no Gelu operator, which came with set 20. ONNX Runtime fuses these operators.
    /// </summary>
    private static string AppendGelu(OnnxGraphBuilder builder, string input)
    {
        var error = builder.Node("Erf", [builder.Node("Div", [input, Scalar("sqrt2", float.Sqrt(2))])]);
        var doubled = builder.Node("Mul", [input, builder.Node("Add", [error, Scalar("one", 1)])]);
        return builder.Node("Mul", [doubled, Scalar("half", 0.5f)]);

        string Scalar(string name, float value) => builder.Constant($"{input[(input.LastIndexOf('/') + 1)..]}.{name}", [value]);
    }

    private static string AppendOutput(OnnxGraphBuilder builder, OnnxMlp mlp, string outputs)
    {
        if (mlp.Parameters.Architecture.Task != MlpTask.Multiclass)
        {
            return outputs;
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
