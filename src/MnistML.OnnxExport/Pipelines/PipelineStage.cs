using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MnistML.OnnxExport.Pipelines;

/// <summary>A stage of a pipeline, with the columns before and after it. Columns are meant by name, so hidden ones do not count.</summary>
/// <param name="Index">Its zero-based place among all stages.</param>
/// <param name="Transformer">The fitted stage.</param>
/// <param name="Input">The schema before it.</param>
/// <param name="Output">The schema after it.</param>
internal sealed record PipelineStage(int Index, ITransformer Transformer, DataViewSchema Input, DataViewSchema Output)
{
    /// <summary>Whether it selects columns only. Such a stage passes columns on by name, and changes none.</summary>
    private bool IsSelection => Transformer is ColumnSelectingTransformer;

    /// <summary>The stage in a message: its type, and the columns that it adds.</summary>
    public string Description
    {
        get
        {
            var type = Transformer.GetType();
            var name = type.DeclaringType is { } outer ? $"{outer.Name}.{type.Name}" : type.Name.Split('`')[0];
            return $"stage {Index + 1}, {name}, which makes {string.Join(", ", AddedColumns().Select(column => $"'{column}'"))}";
        }
    }

    /// <summary>The columns that the stage computes.</summary>
    public string[] AddedColumns() => [.. VisibleNames(Output).Where(name => !IsPassedOn(name))];

    /// <summary>Whether a column comes through the stage as it was.</summary>
    public bool IsPassedOn(string name)
    {
        return Transformer switch
        {
            MlpTransformer network => !OutputsOf(network.Task).Contains(name),
            _ when IsSelection => true,

            // A column that replaces another stands beside it, and hides it.
            _ => Output.Count(column => column.Name == name) == Input.Count(column => column.Name == name),
        };
    }

    /// <summary>The columns that the stage reads.</summary>
    public string[] ReadColumns()
    {
        if (Transformer is MlpTransformer network)
        {
            return [network.FeatureColumnName];
        }

        // Binding wants the inputs of all columns that a stage adds, whichever are used later.
        var added = AddedColumns().Select(name => Output[name]);
        return [.. Transformer.GetRowToRowMapper(Input).GetDependencies(added).Select(column => column.Name).Distinct()];
    }

    /// <summary>The columns that a network adds.</summary>
    public static string[] OutputsOf(MlpTask task) => task switch
    {
        MlpTask.Multiclass => ["PredictedLabel", "Score"],
        MlpTask.Binary => ["PredictedLabel", "Score", "Probability"],
        _ => ["Score"],
    };

    public static IEnumerable<string> VisibleNames(DataViewSchema schema) =>
        schema.Where(column => !column.IsHidden).Select(column => column.Name);
}
