using Microsoft.ML.Data;
using MnistML.OnnxExport.Onnx;
using MnistML.OnnxExport.Pipelines;
using Elements = MnistML.OnnxExport.Onnx.TensorProto.Types.DataType;

namespace MnistML.OnnxExport.Conversion;

/// <summary>A network, whose columns have the form in which the converter's stages read and write columns.</summary>
internal static class NetworkConversion
{
    /// <summary>Appends a network, and returns the value of each column that it adds.</summary>
    public static Dictionary<string, string> Append(
        PipelineGraph graph, MlpTransformer network, DataViewType featureType, string features, string metadataPrefix)
    {
        using var stream = new MemoryStream();
        network.SaveAsOnnx(stream);
        var model = ModelProto.Parser.ParseFrom(stream.GetBuffer(), 0, (int)stream.Length);
        foreach (var entry in model.MetadataProps)
        {
            graph.AddMetadata(metadataPrefix + entry.Key, entry.Value);
        }

        var input = OnnxTypes.DimensionsOf(featureType).Length > 1
            ? graph.Reshape(features, -1, network.Model.Architecture.InputSize)
            : features;
        var outputs = graph.Append(model, new Dictionary<string, string> { [model.Graph.Input[0].Name] = input });
        return network.Task == MlpTask.Multiclass
            ? new Dictionary<string, string>
            {
                ["PredictedLabel"] = AppendKeys(graph, outputs[0], outputs[1]),
                ["Score"] = outputs[1],
            }
            : PipelineStage.OutputsOf(network.Task).Zip(outputs)
                .ToDictionary(output => output.First, output => graph.Reshape(output.Second, -1, 1));
    }

    /// <summary>Keys from 1 of zero-based classes; the key is missing, 0, where the probabilities are NaN.</summary>
    private static string AppendKeys(PipelineGraph graph, string classes, string scores)
    {
        var sum = graph.Node(
            "ReduceSum", [scores], PipelineGraph.Attribute("axes", [1]), PipelineGraph.Attribute("keepdims", 1));
        var keys = graph.Node("Add", [graph.Reshape(classes, -1, 1), graph.Vector<long>(Elements.Int64, [1])]);
        return graph.Cast(
            graph.Node("Where", [graph.Node("IsNaN", [sum]), graph.Vector<long>(Elements.Int64, [0]), keys]), Elements.Uint32);
    }
}
