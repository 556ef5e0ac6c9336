using Google.Protobuf;
using MnistML.OnnxExport.Onnx;

namespace MnistML.OnnxExport.Conversion;

/// <summary>
/// Text that is split into words. The converter joins the words of all rows of a batch into one row, since it reshapes them to
/// <c>[1, -1]</c>, and what it writes fails where no row has a word. Here each row keeps its own words, with a padding word at the end that
/// no dictionary has.
/// </summary>
internal static class WordTokens
{
    private const string LearningDomain = "ai.onnx.ml";

    /// <summary>A control character, which separates words in no text.</summary>
    private static readonly ByteString Padding = ByteString.CopyFromUtf8("\u001A");

    /// <summary>Mends each place where text is split in a graph.</summary>
    public static void Mend(GraphProto graph)
    {
        foreach (var tokenizer in graph.Node.Where(node => node.OpType == "Tokenizer").ToArray())
        {
            if (graph.Node.SingleOrDefault(node => node.OpType == "Reshape" && node.Input[0] == tokenizer.Output[0]) is { } reshape)
            {
                tokenizer.Attribute.Single(attribute => attribute.Name == "pad_value").S = Padding;
                Mend(graph, tokenizer, reshape);
            }
        }
    }

    private static void Mend(GraphProto graph, NodeProto tokenizer, NodeProto reshape)
    {
        var name = $"{tokenizer.Output[0]}.own";
        NodeProto[] added =
        [
            Node(
                "LabelEncoder",
                [tokenizer.Input[0]],
                $"{name}.padding",
                Strings("keys_strings", [Padding]),
                Strings("values_strings", [Padding]),
                new AttributeProto { Name = "default_string", S = Padding, Type = AttributeProto.Types.AttributeType.String }),
            Node("Unsqueeze", [$"{name}.padding"], $"{name}.column", PipelineGraph.Attribute("axes", [2])),
            Node("Concat", [tokenizer.Output[0], $"{name}.column"], $"{name}.padded", PipelineGraph.Attribute("axis", 2)),
            Node("Reshape", [$"{name}.padded", $"{name}.shape"], reshape.Output[0]),
        ];
        added[0].Domain = LearningDomain;
        graph.ValueInfo.Add(OnnxTypes.Value(tokenizer.Output[0], TensorProto.Types.DataType.String));
        graph.ValueInfo.Add(OnnxTypes.Value($"{name}.padding", TensorProto.Types.DataType.String));
        graph.Initializer.Add(new TensorProto
        {
            Name = $"{name}.shape",
            DataType = (int)TensorProto.Types.DataType.Int64,
            Dims = { 2 },
            RawData = ByteString.CopyFrom([.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(-1L)]), // as many rows, and the rest
        });
        var place = graph.Node.IndexOf(reshape);
        graph.Node.RemoveAt(place);
        for (var i = 0; i < added.Length; i++)
        {
            graph.Node.Insert(place + i, added[i]);
        }
    }

    private static AttributeProto Strings(string name, ByteString[] values) =>
        new() { Name = name, Strings = { values }, Type = AttributeProto.Types.AttributeType.Strings };

    private static NodeProto Node(string operatorType, string[] inputs, string output, params AttributeProto[] attributes) =>
        new() { OpType = operatorType, Name = output, Input = { inputs }, Output = { output }, Attribute = { attributes } };
}
