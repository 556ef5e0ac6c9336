using Microsoft.ML;

namespace MnistML.OnnxExport.Pipelines;

/// <summary>What is to be exported: the stages that an output depends on, and the columns that lead to it.</summary>
/// <param name="Inputs">The raw columns.</param>
/// <param name="Stages">The stages, in order.</param>
/// <param name="Outputs">The columns at the end.</param>
internal sealed record Pipeline(
    IReadOnlyList<DataViewSchema.Column> Inputs,
    IReadOnlyList<LiveStage> Stages,
    IReadOnlyList<DataViewSchema.Column> Outputs)
{
    /// <summary>Follows the columns through a model, from its outputs back to its inputs.</summary>
    /// <param name="model">The fitted pipeline.</param>
    /// <param name="inputSchema">The schema of its input.</param>
    /// <param name="outputColumns">The outputs; null for every column that depends on a network.</param>
    /// <exception cref="ArgumentException">An output does not exist.</exception>
    /// <exception cref="NotSupportedException">A stage does not work row by row.</exception>
    public static Pipeline Read(ITransformer model, DataViewSchema inputSchema, IReadOnlyList<string>? outputColumns)
    {
        var stages = ReadStages(model, inputSchema);
        var output = stages[^1].Output;
        var names = outputColumns ?? OutputsOfNetworks(stages);
        if (names.FirstOrDefault(name => output.GetColumnOrNull(name) is null) is { } absent)
        {
            throw new ArgumentException(
                $"The pipeline has no output column '{absent}', which {nameof(MlpOnnxExportOptions.OutputColumns)} names; it has "
                + $"{string.Join(", ", PipelineStage.VisibleNames(output).Select(name => $"'{name}'"))}.",
                nameof(outputColumns));
        }

        if (names.Count == 0)
        {
            throw new ArgumentException(
                "No column at the end of the pipeline depends on its network, so that there is nothing to export: keep "
                + "'PredictedLabel' or 'Score'.",
                nameof(model));
        }

        var live = names.ToHashSet();
        var kept = new List<LiveStage>();
        foreach (var stage in stages.Reverse())
        {
            string[] added = [.. live.Where(name => !stage.IsPassedOn(name))];
            if (added.Length > 0)
            {
                live.ExceptWith(added);
                var read = stage.ReadColumns();
                live.UnionWith(read);
                kept.Insert(0, new LiveStage(stage, read, [.. stage.AddedColumns().Where(added.Contains)]));
            }
        }

        return new Pipeline(
            [.. PipelineStage.VisibleNames(inputSchema).Where(live.Contains).Select(name => inputSchema[name])],
            kept,
            [.. names.Select(name => output[name])]);
    }

    private static PipelineStage[] ReadStages(ITransformer model, DataViewSchema inputSchema)
    {
        var stages = new List<PipelineStage>();
        var schema = inputSchema;
        foreach (var transformer in Flatten(model))
        {
            var output = transformer.GetOutputSchema(schema);
            stages.Add(new PipelineStage(stages.Count, transformer, schema, output));
            schema = output;
        }

        if (stages.FirstOrDefault(stage => !stage.Transformer.IsRowToRowMapper) is { } other)
        {
            throw new NotSupportedException(
                $"The pipeline can't be exported to ONNX: {other.Description}, does not compute each row by itself. Nothing was written.");
        }

        return [.. stages];
    }

    private static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];

    /// <summary>The columns at the end that depend on a network.</summary>
    private static List<string> OutputsOfNetworks(IReadOnlyList<PipelineStage> stages)
    {
        var dependent = new HashSet<string>();
        foreach (var stage in stages)
        {
            var added = stage.AddedColumns();
            var depends = added.Length > 0 && (stage.Transformer is MlpTransformer || stage.ReadColumns().Any(dependent.Contains));
            dependent.IntersectWith(PipelineStage.VisibleNames(stage.Output));
            dependent.ExceptWith(added);
            dependent.UnionWith(depends ? added : []);
        }

        return [.. PipelineStage.VisibleNames(stages[^1].Output).Where(dependent.Contains)];
    }
}
