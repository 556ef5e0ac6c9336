using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Cursors;

/// <summary>Binds the network to an input schema: which column holds the features, and what the schema is with the logits appended.</summary>
internal sealed class LogitsMapper : IRowToRowMapper
{
    private readonly LogitsTransformer _transformer;

    public LogitsMapper(LogitsTransformer transformer, DataViewSchema inputSchema)
    {
        _transformer = transformer;
        Features = transformer.FindFeatures(inputSchema);
        InputSchema = inputSchema;

        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        builder.AddColumn(transformer.LogitsColumnName, transformer.LogitsColumnType);
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>The input's column of features.</summary>
    public DataViewSchema.Column Features { get; }

    public int FeatureCount => _transformer.FeatureCount;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var dependencies = new HashSet<int>();
        foreach (var column in dependingColumns)
        {
            dependencies.Add(IsLogits(column) ? Features.Index : column.Index);
        }

        return dependencies.Order().Select(index => InputSchema[index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new LogitsRow(input, CreateColumns(input, activeColumns));

    /// <summary>The columns of an input row, or of a cursor's current row, with the logits appended.</summary>
    public LogitsColumns CreateColumns(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new(this, input, [.. activeColumns.Select(column => column.Index)]);

    public bool IsLogits(DataViewSchema.Column column) => column.Index == InputSchema.Count;

    /// <summary>For up to so many rows at once.</summary>
    public OnnxScorer CreateScorer(int capacity) => _transformer.CreateScorer(capacity);
}
