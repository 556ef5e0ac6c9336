using Google.Protobuf;
using MnistML.OnnxExport.Onnx;
using Elements = MnistML.OnnxExport.Onnx.TensorProto.Types.DataType;

namespace MnistML.OnnxExport.Conversion;

/// <summary>
/// Texts that are hashed. In ML.NET an empty text is a missing value, whose key is 0. The converter hashes it as any other, so its key is
/// multiplied by 0 here.
/// </summary>
internal static class HashedTexts
{
    private const string LearningDomain = "ai.onnx.ml";

    /// <summary>Mends each place where texts of an input are hashed in a graph.</summary>
    public static void Mend(GraphProto graph)
    {
        foreach (var hash in graph.Node.Where(node => node.OpType == "MurmurHash3").ToArray())
        {
            var isText = graph.Input.Any(input => input.Name == hash.Input[0] && input.Type.TensorType.ElemType == (int)Elements.String);
            if (isText && FindKeys(graph, hash) is { } keys)
            {
                Mend(graph, hash.Input[0], keys);
            }
        }
    }

    /// <summary>The last operator of the arithmetic on int64 behind a hash, which makes it a key: its output is cast.</summary>
    private static NodeProto? FindKeys(GraphProto graph, NodeProto hash)
    {
        var node = hash;
        while (node is not null && node.OpType != "Add")
        {
            node = graph.Node.FirstOrDefault(next => next.Input.Count > 0 && next.Input[0] == node.Output[0]);
        }

        return node;
    }

    private static void Mend(GraphProto graph, string texts, NodeProto keys)
    {
        var name = $"{keys.Output[0]}.present";
        var encoder = new NodeProto
        {
            OpType = "LabelEncoder",
            Domain = LearningDomain,
            Name = name,
            Input = { texts },
            Output = { name },
            Attribute =
            {
                new AttributeProto
                {
                    Name = "keys_strings", Strings = { ByteString.Empty }, Type = AttributeProto.Types.AttributeType.Strings,
                },
                PipelineGraph.Attribute("values_int64s", [0]),
                PipelineGraph.Attribute("default_int64", 1),
            },
        };
        var product = new NodeProto { OpType = "Mul", Name = $"{name}.keys", Input = { $"{name}.all", name }, Output = { keys.Output[0] } };
        keys.Output[0] = $"{name}.all";
        graph.ValueInfo.Add(OnnxTypes.Value(name, Elements.Int64));
        var place = graph.Node.IndexOf(keys) + 1;
        graph.Node.Insert(place, encoder);
        graph.Node.Insert(place + 1, product);
    }
}
