using MnistML.Common;
using MnistML.Model;

namespace MnistML.Onnx;

/// <summary>The part of an ONNX graph that computes a network: encoding, layers, and the average of the members.</summary>
internal static class OnnxMlpLayers
{
    /// <summary>The most outputs of all members together that are worth a product with zeros.</summary>
    private const int MaxJoinedOutputs = 32;

    /// <summary>
    /// Appends the encoding, all layers and the average of the members, and returns the name of the outputs, <c>[rows, outputs]</c>.
    /// </summary>
    public static string Append(OnnxGraphBuilder builder, OnnxMlp mlp)
    {
        var model = mlp.Parameters;
        var inputs = model.Encoding is { } encoding ? AppendEncoding(builder, encoding, mlp.InputName) : mlp.InputName;
        return AppendAfterFirst(builder, model, AppendLayer(builder, StackedLayers.OfFirst(model), layer: 0, member: null, inputs));
    }

    /// <summary>
    /// Appends what follows the first layer, whose outputs, those of all members, are the input, and returns the name of the outputs,
    /// likewise.
    /// </summary>
    public static string AppendAfterFirst(OnnxGraphBuilder builder, OnnxMlp mlp) =>
        AppendAfterFirst(builder, mlp.Parameters, mlp.InputName);

    private static string AppendAfterFirst(OnnxGraphBuilder builder, MlpModelParameters model, string first) =>
        model.Members is [var single]
            ? AppendFurtherLayers(builder, single, first)
            : AppendAverage(builder, model.Architecture, AppendFurtherLayers(builder, model, model.Members, first));

    /// <summary>
    /// The same for one row, of which most features are zero: the weights of the others are gathered and multiplied. A feature with the
    /// value 0 is added, so that a row of zeros is a product too.
    /// </summary>
    public static string AppendForSparseRow(OnnxGraphBuilder builder, OnnxMlp mlp)
    {
        var layer = StackedLayers.OfFirst(mlp.Parameters);
        var (shape, axis) = (layer.Shape, OnnxGraphBuilder.Attribute("axis", 1));
        var places = builder.Node("NonZero", [mlp.InputName]);
        var features = builder.Node("Gather", [places, builder.Constant("sparse.axis", [1])], OnnxGraphBuilder.Attribute("axis", 0));
        features = builder.Node("Reshape", [features, builder.Constant("sparse.vector", [-1])]);
        var slots = builder.Node("Concat", [features, builder.Constant("sparse.none", [0])], OnnxGraphBuilder.Attribute("axis", 0));
        var values = builder.Node(
            "Concat",
            [builder.Node("Gather", [mlp.InputName, features], axis), builder.Constant("sparse.zero", [0f], 1, 1)],
            axis);
        var transposed = FloatMatrix.Transpose(layer.Weights.Span, shape.OutputSize, shape.InputSize);
        var weights = AppendWeights(builder, OnnxConstantNames.SparseWeightsName, transposed, shape.InputSize, shape.OutputSize);
        var biases = builder.Constant(OnnxConstantNames.BiasesName(0), layer.Biases.Span, shape.OutputSize);
        var ofSlots = builder.Node("Gather", [weights, slots], OnnxGraphBuilder.Attribute("axis", 0));
        return AppendAfterFirst(builder, mlp.Parameters, builder.Node("Gemm", [values, ofSlots, biases]));
    }

    /// <summary>The features that are columns themselves, then the bins, <c>[rows, columns]</c>.</summary>
    private static string AppendEncoding(OnnxGraphBuilder builder, MlpEncoding encoding, string input)
    {
        MlpEncodedColumn[] bins = [.. encoding.Columns.Skip(encoding.ValueCount)];
        var low = builder.Constant(OnnxConstantNames.LowName, [.. bins.Select(bin => bin.Low)], bins.Length);
        var high = builder.Constant(OnnxConstantNames.HighName, [.. bins.Select(bin => bin.High)], bins.Length);
        var above = builder.Node("Sub", [Gather(OnnxConstantNames.BinsName, bins), low]);
        var parts = builder.Node("Div", [above, builder.Node("Sub", [high, low])]);
        var clipped = builder.Node(
            "Clip", [parts, builder.Constant("encoding.zero", [0f]), builder.Constant("encoding.one", [1f])]);
        return encoding.ValueCount == 0
            ? clipped
            : builder.Node(
                "Concat",
                [Gather(OnnxConstantNames.ValuesName, encoding.Columns.Take(encoding.ValueCount)), clipped],
                OnnxGraphBuilder.Attribute("axis", 1));

        string Gather(string name, IEnumerable<MlpEncodedColumn> columns) => builder.Node(
            "Gather",
            [input, builder.Constant(name, [.. columns.Select(column => (long)column.Feature)])],
            OnnxGraphBuilder.Attribute("axis", 1));
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
    /// The same for an ensemble, <c>[rows, members · units]</c> to <c>[rows, members · outputs]</c>. Each operator costs a microsecond,
    /// so few outputs are one product with zeros between the members.
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

        return isJoined ? AppendLayer(builder, StackedLayers.BlockDiagonal(members, last), last, member: null, values) : values;
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

    private static string AppendLayer(OnnxGraphBuilder builder, MlpLayerParameters parameters, int layer, int? member, string input)
    {
        var shape = parameters.Shape;
        var weights = AppendWeights(
            builder, OnnxConstantNames.WeightsName(layer, member), parameters.Weights.Span, shape.OutputSize, shape.InputSize);
        var biases = builder.Constant(OnnxConstantNames.BiasesName(layer, member), parameters.Biases.Span, shape.OutputSize);
        return builder.Node("Gemm", [input, weights, biases], OnnxGraphBuilder.Attribute("transB", 1));
    }

    /// <summary>Weights that float16 holds exactly are stored in it, and widened when the model is loaded.</summary>
    private static string AppendWeights(
        OnnxGraphBuilder builder, string name, ReadOnlySpan<float> weights, int rowCount, int columnCount) =>
        HalfPrecision.Holds(weights)
            ? builder.Node(
                "Cast",
                [builder.HalfConstant(name, weights, rowCount, columnCount)],
                OnnxGraphBuilder.Attribute("to", (int)TensorProto.Types.DataType.Float))
            : builder.Constant(name, weights, rowCount, columnCount);

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
    /// <c>x · (1 + erf(x / √2)) / 2</c>: operator set 17 has no Gelu operator, which came with set 20. ONNX Runtime fuses these ones.
    /// </summary>
    private static string AppendGelu(OnnxGraphBuilder builder, string input)
    {
        var error = builder.Node("Erf", [builder.Node("Div", [input, Scalar("sqrt2", float.Sqrt(2))])]);
        var doubled = builder.Node("Mul", [input, builder.Node("Add", [error, Scalar("one", 1)])]);
        return builder.Node("Mul", [doubled, Scalar("half", 0.5f)]);

        string Scalar(string name, float value) => builder.Constant($"{input[(input.LastIndexOf('/') + 1)..]}.{name}", [value]);
    }
}
