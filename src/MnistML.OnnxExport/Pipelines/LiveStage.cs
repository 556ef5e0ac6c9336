using Microsoft.ML;
using MnistML.OnnxExport.Conversion;

namespace MnistML.OnnxExport.Pipelines;

/// <summary>A stage that an output depends on.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="ReadColumns">The columns that it reads.</param>
/// <param name="AddedColumns">The columns that it adds and that are used later.</param>
internal sealed record LiveStage(PipelineStage Stage, IReadOnlyList<string> ReadColumns, IReadOnlyList<string> AddedColumns)
{
    public ITransformer Transformer => Stage.Transformer;

    /// <summary>Those of the added columns whose rows have a known size. Words of a text, for one, have not.</summary>
    public IEnumerable<string> ComparableColumns => AddedColumns.Where(name => OnnxTypes.IsSupported(Stage.Output[name].Type));

    /// <summary>The schema of the columns that it reads, with their annotations.</summary>
    public DataViewSchema ReadSchema
    {
        get
        {
            var builder = new DataViewSchema.Builder();
            foreach (var column in ReadColumns.Select(name => Stage.Input[name]).OrderBy(column => column.Index))
            {
                builder.AddColumn(column.Name, column.Type, column.Annotations);
            }

            return builder.ToSchema();
        }
    }
}
