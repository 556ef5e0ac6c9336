using Google.Protobuf;

namespace MnistML.Onnx;

/// <summary>
/// Writes a network as an ONNX model that takes one row of features, <c>[1, InputSize]</c>, and gives a vector of
/// <c>[ClassCount]</c>. ML.NET's ONNX transformer needs it so: it crashes on an output of rank 0, and one of rank 2 becomes a
/// matrix-shaped column.
/// </summary>
internal static class OnnxMlpWriter
{
    /// <summary>IR version 10 goes with operator set 21 (ONNX 1.16).</summary>
    private const int IrVersion = 10;

    /// <summary>The first operator set with Gelu is 20; 21 is what IR version 10 came with.</summary>
    private const int OperatorSet = 21;

    /// <summary>The model as the bytes of a file.</summary>
    /// <param name="parameters">The network.</param>
    /// <param name="inputName">Name of the model's input.</param>
    /// <param name="output">Name and meaning of the model's output.</param>
    public static byte[] Write(MlpModelParameters parameters, string inputName, OnnxOutput output)
    {
        var graph = new GraphProto
        {
            Name = "mlp",
            Input = { Value(inputName, 1, parameters.Architecture.InputSize) },
            Output = { Value(output.Name, parameters.Architecture.ClassCount) },
        };
        var builder = new OnnxGraphBuilder(graph, inputName);

        var current = inputName;
        for (var i = 0; i < parameters.Layers.Count; i++)
        {
            if (i > 0)
            {
                current = AppendActivation(builder, parameters.Architecture.Activation, current);
            }

            current = AppendLayer(builder, parameters.Layers[i], i, current);
        }

        AppendOutput(builder, output, current);
        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = nameof(MnistML),
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } },
        }.ToByteArray();
    }

    private static string AppendLayer(OnnxGraphBuilder builder, MlpLayerParameters layer, int index, string input)
    {
        var weights = builder.Constant($"layers.{index}.weight", layer.Weights.Span, layer.Shape.OutputSize, layer.Shape.InputSize);
        var biases = builder.Constant($"layers.{index}.bias", layer.Biases.Span, layer.Shape.OutputSize);
        return builder.Node("Gemm", [input, weights, biases], OnnxGraphBuilder.Attribute("transB", 1));
    }

    private static string AppendActivation(OnnxGraphBuilder builder, MlpActivation activation, string input) => activation switch
    {
        MlpActivation.Relu => builder.Node("Relu", [input]),
        MlpActivation.LeakyRelu => builder.Node("LeakyRelu", [input], OnnxGraphBuilder.Attribute("alpha", MlpArchitecture.LeakyReluSlope)),
        MlpActivation.Gelu => builder.Node("Gelu", [input]),
        MlpActivation.Silu => builder.Node("Mul", [input, builder.Node("Sigmoid", [input])]),
        MlpActivation.Tanh => builder.Node("Tanh", [input]),
        MlpActivation.Sigmoid => builder.Node("Sigmoid", [input]),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };

    private static void AppendOutput(OnnxGraphBuilder builder, OnnxOutput output, string logits)
    {
        var classCount = output.Offsets.Count;
        var logProbabilities = builder.Node("LogSoftmax", [logits], OnnxGraphBuilder.Attribute("axis", 1));
        var offsets = builder.Constant("offsets", [.. output.Offsets], classCount);
        var scale = builder.Constant("scale", [output.Scale]);
        var shape = builder.Constant("shape", [classCount]);
        var scores = builder.Node("Div", [builder.Node("Sub", [logProbabilities, offsets]), scale]);
        builder.NamedNode("Reshape", [scores, shape], output.Name);
    }

    private static ValueInfoProto Value(string name, params ReadOnlySpan<int> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = dimension });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } },
        };
    }
}
