using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using MnistML.OnnxExport.Onnx;
using Elements = MnistML.OnnxExport.Onnx.TensorProto.Types.DataType;

namespace MnistML.OnnxExport.Conversion;

/// <summary>
/// The graph of a whole pipeline, as it grows stage by stage. Inputs and outputs have the names of columns; all other values have names
/// that begin with a prefix that no column's name begins with, and the stage.
/// </summary>
internal sealed class PipelineGraph(string prefix)
{
    /// <summary>The highest operator set that Microsoft.ML.OnnxConverter writes. Networks of MnistML mean the same in it.</summary>
    private const int OperatorSet = 12;
    private const int IrVersion = 8;

    /// <summary>Operators of ONNX Runtime, which the converter uses without importing them.</summary>
    private const string RuntimeDomain = "com.microsoft";

    private readonly GraphProto _graph = new() { Name = "pipeline" };
    private readonly SortedDictionary<string, long> _operatorSets = new(StringComparer.Ordinal) { [""] = OperatorSet };
    private readonly List<StringStringEntryProto> _metadata = [];

    /// <summary>Types of values that are not inputs or outputs.</summary>
    private readonly Dictionary<string, ValueInfoProto> _types = [];
    private string _stage = "";

    /// <summary>Begins a stage, whose values have names of their own.</summary>
    public void BeginStage(int index) => _stage = $"{prefix}{index + 1}/";

    /// <summary>Appends a graph, and returns the names that its outputs have now.</summary>
    /// <param name="model">A graph.</param>
    /// <param name="inputs">For each of its inputs the value that takes its place.</param>
    public string[] Append(ModelProto model, IReadOnlyDictionary<string, string> inputs)
    {
        foreach (var set in model.OpsetImport)
        {
            _operatorSets[set.Domain] = set.Domain.Length == 0
                ? OperatorSet
                : Math.Max(_operatorSets.GetValueOrDefault(set.Domain), set.Version);
        }

        foreach (var constant in model.Graph.Initializer)
        {
            constant.Name = Rename(constant.Name);
            _graph.Initializer.Add(constant);
        }

        foreach (var node in model.Graph.Node)
        {
            node.Name = _stage + node.Name;
            Replace(node.Input);
            Replace(node.Output);
            _graph.Node.Add(node);
        }

        foreach (var value in model.Graph.ValueInfo)
        {
            value.Name = Rename(value.Name);
            value.Type.TensorType.Shape = null; // The converter's shapes have -1 for the number of rows.
            _types[value.Name] = value;
        }

        return [.. model.Graph.Output.Select(output => Rename(output.Name))];

        // An input that is left out has an empty name.
        string Rename(string name) => name.Length == 0 ? name : inputs.TryGetValue(name, out var value) ? value : _stage + name;

        void Replace(IList<string> names)
        {
            for (var i = 0; i < names.Count; i++)
            {
                names[i] = Rename(names[i]);
            }
        }
    }

    /// <summary>Adds an operator, and returns the name of its output.</summary>
    public string Node(string operatorType, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        NamedNode($"{_stage}{operatorType}_{_graph.Node.Count}", operatorType, inputs, attributes);

    /// <summary>Adds an operator whose output has a name.</summary>
    public string NamedNode(string output, string operatorType, IEnumerable<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto
        {
            OpType = operatorType,
            Name = $"{_stage}node_{_graph.Node.Count}",
            Input = { inputs },
            Output = { output },
        };
        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        _graph.Node.Add(node);
        return output;
    }

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string name, long[] values) =>
        new() { Name = name, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    /// <summary>Casts a value.</summary>
    public string Cast(string value, Elements type) => Node("Cast", [value], Attribute("to", (long)type));

    /// <summary>Gives a value other dimensions; -1 is the number of rows.</summary>
    public string Reshape(string value, params long[] dimensions) => Node("Reshape", [value, Vector<long>(Elements.Int64, dimensions)]);

    /// <summary>Adds a constant vector of numbers. ONNX data is little-endian, as is every system that ONNX Runtime supports.</summary>
    public string Vector<T>(Elements type, ReadOnlySpan<T> values)
        where T : unmanaged =>
        Constant(new TensorProto
        {
            DataType = (int)type,
            Dims = { values.Length },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        });

    /// <summary>Adds a constant vector of texts.</summary>
    public string Vector(IReadOnlyCollection<string> values) => Constant(new TensorProto
    {
        DataType = (int)Elements.String,
        Dims = { values.Count },
        StringData = { values.Select(text => ByteString.CopyFrom(Encoding.UTF8.GetBytes(text))) },
    });

    /// <summary>Adds metadata.</summary>
    public void AddMetadata(string key, string value) => _metadata.Add(new StringStringEntryProto { Key = key, Value = value });

    /// <summary>The model of all that leads to some outputs.</summary>
    public ModelProto Build(IEnumerable<ValueInfoProto> inputs, IReadOnlyCollection<ValueInfoProto> outputs)
    {
        var needed = outputs.Select(output => output.Name).ToHashSet();
        var nodes = new List<NodeProto>();
        foreach (var node in _graph.Node.Reverse().Where(node => node.Output.Any(needed.Contains)))
        {
            nodes.Add(node);
            needed.UnionWith(node.Input);
        }

        nodes.Reverse();
        if (nodes.Any(node => node.Domain == RuntimeDomain))
        {
            _operatorSets.TryAdd(RuntimeDomain, 1);
        }

        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = nameof(MnistML),
            Graph = new GraphProto
            {
                Name = _graph.Name,
                Input = { inputs },
                Output = { outputs },
                Node = { nodes },
                Initializer = { _graph.Initializer.Where(constant => needed.Contains(constant.Name)) },

                // ONNX infers the types of its own operators' outputs, but not of all others.
                ValueInfo =
                {
                    nodes.Where(node => node.Domain.Length > 0).SelectMany(node => node.Output)
                        .Where(name => _types.ContainsKey(name) && outputs.All(output => output.Name != name))
                        .Select(name => _types[name]),
                },
            },
            OpsetImport =
            {
                _operatorSets.Where(set => set.Key.Length == 0 || nodes.Any(node => node.Domain == set.Key))
                    .Select(set => new OperatorSetIdProto { Domain = set.Key, Version = set.Value }),
            },
            MetadataProps = { _metadata },
        };
    }

    private string Constant(TensorProto tensor)
    {
        tensor.Name = $"{_stage}constant_{_graph.Initializer.Count}";
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
