using System.Runtime.InteropServices;
using Google.Protobuf;

namespace MnistML.Onnx;

/// <summary>
/// Adds nodes and constants to an ONNX graph; each method returns the name of the value. Generated names begin with the input's name and a
/// slash, so that they cannot equal it. ONNX data is little-endian, as is every system that ONNX Runtime supports.
/// </summary>
internal sealed class OnnxGraphBuilder(GraphProto graph, string inputName)
{
    public static AttributeProto Attribute(string name, int value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string name, float value) =>
        new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string name, long[] values) =>
        new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    /// <summary>Adds a constant of floats; without dimensions it is a scalar.</summary>
    public string Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> dimensions) =>
        Constant(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values), dimensions);

    /// <summary>
    /// Adds a constant of floats that float16 holds, in that type, as a node: ML.NET refuses other constants of a type that it does not
    /// have.
    /// </summary>
    public string HalfConstant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> dimensions)
    {
        var halves = new Half[values.Length];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
        }

        var tensor = Tensor(name, TensorProto.Types.DataType.Float16, MemoryMarshal.AsBytes<Half>(halves), dimensions);
        return NamedNode(
            "Constant",
            [],
            tensor.Name,
            new AttributeProto { Name = "value", T = tensor, Type = AttributeProto.Types.AttributeType.Tensor });
    }

    /// <summary>Adds a constant vector of integers, as operators take shapes.</summary>
    public string Constant(string name, ReadOnlySpan<long> values) =>
        Constant(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>Adds an operator with one output.</summary>
    public string Node(string operatorType, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        NamedNode(operatorType, inputs, $"{inputName}/{operatorType}_{graph.Node.Count}", attributes);

    /// <summary>Adds an operator whose output has a given name.</summary>
    public string NamedNode(string operatorType, IEnumerable<string> inputs, string output, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto
        {
            OpType = operatorType,
            Name = $"{inputName}/node_{graph.Node.Count}",
            Input = { inputs },
            Output = { output },
        };
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        graph.Node.Add(node);
        return output;
    }

    /// <summary>Adds an operator with several outputs.</summary>
    public string[] NodeWithOutputs(
        string operatorType, IEnumerable<string> inputs, int outputCount, params ReadOnlySpan<AttributeProto> attributes)
    {
        string[] outputs = [.. Enumerable.Range(0, outputCount).Select(i => $"{inputName}/{operatorType}_{graph.Node.Count}.{i}")];
        NamedNode(operatorType, inputs, outputs[0], attributes);
        graph.Node[^1].Output.Add(outputs.Skip(1));
        return outputs;
    }

    /// <summary>The full name of a constant in a graph whose input has a name.</summary>
    public static string ConstantName(string inputName, string name) => $"{inputName}/{name}";

    private string Constant(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> data, ReadOnlySpan<long> dimensions)
    {
        var tensor = Tensor(name, type, data, dimensions);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private TensorProto Tensor(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> data, ReadOnlySpan<long> dimensions)
    {
        var tensor = new TensorProto { Name = ConstantName(inputName, name), DataType = (int)type, RawData = ByteString.CopyFrom(data) };
        foreach (var dimension in dimensions)
        {
            tensor.Dims.Add(dimension);
        }

        return tensor;
    }
}
