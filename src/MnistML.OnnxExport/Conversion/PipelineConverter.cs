using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.OnnxExport.Onnx;
using MnistML.OnnxExport.Pipelines;
using Elements = MnistML.OnnxExport.Onnx.TensorProto.Types.DataType;

namespace MnistML.OnnxExport.Conversion;

/// <summary>Converts a pipeline to ONNX, stage by stage.</summary>
internal static class PipelineConverter
{
    /// <summary>
    /// Says that a model holds more than a network, so that MnistML takes it for a stage of its own where a saved model has it.
    /// </summary>
    private const string PipelineProperty = "mnistml.pipeline";

    /// <exception cref="NotSupportedException">Columns or stages can't be converted; the message names each.</exception>
    public static ExportedPipeline Convert(Pipeline pipeline)
    {
        ThrowIfUnsupported(pipeline);
        var graph = new PipelineGraph(UnusedPrefix(pipeline));
        graph.AddMetadata(PipelineProperty, "true");
        var columns = pipeline.Inputs.ToDictionary(column => column.Name, column => column.Name);
        var ofStages = new List<ValueInfoProto>();
        var refused = new List<string>();
        var networkCount = 0;
        foreach (var stage in pipeline.Stages)
        {
            graph.BeginStage(stage.Stage.Index);
            try
            {
                var added = stage.Transformer is MlpTransformer network
                    ? NetworkConversion.Append(
                        graph, network, stage.ReadSchema[0].Type, columns[stage.ReadColumns[0]], Prefix(++networkCount))
                    : StockConversion.Append(graph, stage, columns);
                foreach (var name in stage.AddedColumns)
                {
                    columns[name] = added[name];
                }

                ofStages.AddRange(stage.ComparableColumns.Select(name => ValueOf(added[name], stage.Stage.Output[name].Type)));
            }
            catch (NotSupportedException error)
            {
                refused.Add($"- {stage.Stage.Description}: {error.Message}");
                foreach (var name in stage.AddedColumns)
                {
                    columns[name] = ""; // Nothing is built any more; later stages are still tried, to name each.
                }
            }
        }

        return refused.Count == 0
            ? Build(pipeline, graph, columns, ofStages)
            : throw new NotSupportedException(string.Join(
                Environment.NewLine,
                [
                    "The pipeline can't be exported to ONNX, and nothing was written. Microsoft.ML.OnnxConverter can't convert:",
                    .. refused,
                    "Use other stages in their place, or compute these columns in the application and export the stages after them.",
                ]));
    }

    private static string Prefix(int network) => network == 1 ? "" : FormattableString.Invariant($"network{network}.");

    private static ExportedPipeline Build(
        Pipeline pipeline, PipelineGraph graph, Dictionary<string, string> columns, List<ValueInfoProto> ofStages)
    {
        ValueInfoProto[] inputs = [.. pipeline.Inputs.Select(column => ValueOf(column.Name, column.Type))];
        var taken = pipeline.Inputs.Select(column => column.Name).ToHashSet();
        var outputs = new List<ValueInfoProto>();
        foreach (var column in pipeline.Outputs)
        {
            var name = column.Name;
            while (!taken.Add(name))
            {
                name += ".output";
            }

            outputs.Add(AppendOutput(graph, name, columns[column.Name], column));
        }

        return new ExportedPipeline(
            pipeline, graph.Build(inputs, outputs), graph.Build(inputs, ofStages), [.. outputs.Select(output => output.Name)]);
    }

    /// <summary>An output: scalars as <c>[rows]</c>, keys as what they stand for, or as zero-based indices.</summary>
    private static ValueInfoProto AppendOutput(PipelineGraph graph, string name, string value, DataViewSchema.Column column)
    {
        var type = OnnxTypes.ElementOf(column.Type);
        if (KeyConversion.ValueTypeOf(column) is { } keyValues)
        {
            (value, type) = (KeyConversion.Append(graph, value, column), OnnxTypes.ElementOf(keyValues));
        }
        else if (IsKey(column.Type))
        {
            var keys = graph.Cast(value, Elements.Int64);
            (value, type) = (graph.Node("Sub", [keys, graph.Vector<long>(Elements.Int64, [1])]), Elements.Int64);
        }

        var dimensions = OnnxTypes.DimensionsOf(column.Type);
        var shape = graph.Vector<long>(Elements.Int64, [-1, .. dimensions.Select(dimension => (long)dimension)]);
        graph.NamedNode(name, "Reshape", [value, shape]);
        return OnnxTypes.Value(name, type, dimensions);
    }

    public static bool IsKey(DataViewType type) =>
        type is KeyDataViewType || (type is VectorDataViewType vector && vector.ItemType is KeyDataViewType);

    /// <summary>A column as an input, or between stages: scalars are <c>[rows, 1]</c>.</summary>
    private static ValueInfoProto ValueOf(string name, DataViewType type) =>
        OnnxTypes.Value(name, OnnxTypes.ElementOf(type), OnnxTypes.DimensionsOf(type) is { Length: > 0 } dimensions ? dimensions : [1]);

    private static void ThrowIfUnsupported(Pipeline pipeline)
    {
        string[] found =
        [
            .. pipeline.Inputs.Where(column => !OnnxTypes.IsSupported(column.Type))
                .Select(column => $"- the input column '{column.Name}' is {column.Type}"),
            .. pipeline.Outputs.Where(column => !OnnxTypes.IsSupported(column.Type))
                .Select(column => $"- the output column '{column.Name}' is {column.Type}"),
        ];
        if (found.Length > 0)
        {
            throw new NotSupportedException(string.Join(
                Environment.NewLine,
                [
                    "The pipeline can't be exported to ONNX, and nothing was written:",
                    .. found,
                    "ONNX has numbers, Booleans and texts, alone or in vectors of known size.",
                ]));
        }
    }

    /// <summary>A prefix that no column's name begins with.</summary>
    private static string UnusedPrefix(Pipeline pipeline)
    {
        var names = pipeline.Inputs.Concat(pipeline.Outputs).Select(column => column.Name).ToArray();
        var prefix = "stage";
        while (names.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            prefix += "_";
        }

        return prefix;
    }
}
