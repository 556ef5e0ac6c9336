using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using MnistML.OnnxExport.Onnx;
using MnistML.OnnxExport.Pipelines;

namespace MnistML.OnnxExport.Conversion;

/// <summary>
/// A stage of ML.NET, by Microsoft.ML.OnnxConverter. That leaves out stages, or columns, that it can't convert, and says so in its log at
/// most; a stage by itself shows it.
/// </summary>
internal static class StockConversion
{
    private const int OperatorSet = 12;

    /// <summary>Constants that the converter adds for readers of its own, as outputs with such names.</summary>
    private const string UnusedOutput = ".unusedOutput";

    /// <summary>Appends a stage, and returns the value of each column that it adds.</summary>
    /// <exception cref="NotSupportedException">The converter can't convert it; the message says why.</exception>
    public static Dictionary<string, string> Append(PipelineGraph graph, LiveStage stage, IReadOnlyDictionary<string, string> columns)
    {
        if (stage.Transformer is KeyToValueMappingTransformer)
        {
            return AppendKeyLookup(graph, stage, columns);
        }

        var schema = stage.ReadSchema;
        var model = Convert(stage.Transformer, schema);
        string[] output = [.. PipelineStage.VisibleNames(stage.Transformer.GetOutputSchema(schema))];
        var kept = model.Graph.Output.Where(value => !value.Name.EndsWith(UnusedOutput, StringComparison.Ordinal)).ToArray();
        if (kept.Length != output.Length)
        {
            throw new NotSupportedException($"the converter wrote {kept.Length} columns of {output.Length}");
        }

        WordTokens.Mend(model.Graph);
        NgramLengths.Mend(model.Graph);
        HashedTexts.Mend(model.Graph);
        model.Graph.Output.Clear();
        model.Graph.Output.AddRange(kept);
        var values = graph.Append(model, stage.ReadColumns.ToDictionary(name => name, name => columns[name]));
        return stage.AddedColumns.ToDictionary(name => name, name => values[Array.IndexOf(output, name)]);
    }

    /// <summary>
    /// The lookup of keys. The converter's own has no missing values, and lacks some types.
    /// </summary>
    private static Dictionary<string, string> AppendKeyLookup(
        PipelineGraph graph, LiveStage stage, IReadOnlyDictionary<string, string> columns)
    {
        var mapper = stage.Transformer.GetRowToRowMapper(stage.Stage.Input);
        var values = new Dictionary<string, string>();
        foreach (var name in stage.AddedColumns)
        {
            var keys = mapper.GetDependencies([stage.Stage.Output[name]]).Single();
            values[name] = KeyConversion.ValueTypeOf(keys) is not null
                ? KeyConversion.Append(graph, columns[keys.Name], keys)
                : throw new NotSupportedException($"the keys of '{keys.Name}' stand for values that ONNX does not have");
        }

        return values;
    }

    private static ModelProto Convert(ITransformer transformer, DataViewSchema schema)
    {
        // A context of its own, to hear the converter's warnings.
        var mlContext = new MLContext();
        var warnings = new List<string>();
        mlContext.Log += (_, message) =>
        {
            if (message.Kind >= ChannelMessageKind.Warning)
            {
                warnings.Add(message.RawMessage);
            }
        };
        using var stream = new MemoryStream();
        try
        {
            mlContext.Model.ConvertToOnnx(transformer, new SchemaView(schema), OperatorSet, stream);
        }
        catch (Exception error)
        {
            // The converter throws many types of exceptions for what it can't convert, KeyNotFoundException among them.
            throw new NotSupportedException($"{error.GetType().Name}: {error.Message}", error);
        }

        return warnings.Count == 0
            ? ModelProto.Parser.ParseFrom(stream.GetBuffer(), 0, (int)stream.Length)
            : throw new NotSupportedException(string.Join(" ", warnings));
    }
}
