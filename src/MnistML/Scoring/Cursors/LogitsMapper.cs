using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// Binds the network to an input schema: which column holds the features, and what the schema is with the logits appended.
/// </summary>
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

    /// <summary>The feature column of the input.</summary>
    public DataViewSchema.Column Features { get; }

    /// <inheritdoc cref="LogitsTransformer.InputCount"/>
    public int InputCount => _transformer.InputCount;

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

    /// <summary>Creates the columns of an input row, or of a cursor's current row, with the logits appended.</summary>
    public LogitsColumns CreateColumns(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new(this, input, [.. activeColumns.Select(column => column.Index)]);

    public bool IsLogits(DataViewSchema.Column column) => column.Index == InputSchema.Count;

    /// <summary>Makes the inputs of the network from the features of a row.</summary>
    /// <param name="features">The value of the feature column, whose length a row decides, whatever its type says.</param>
    /// <param name="inputs">Overwritten, <see cref="InputCount"/> values.</param>
    /// <param name="row">Zero-based index of the row, for the error message; negative if unknown.</param>
    /// <exception cref="InvalidOperationException">The row has another number of features.</exception>
    public void CopyInputs(in VBuffer<float> features, Span<float> inputs, long row)
    {
        if (features.Length != _transformer.FeatureCount)
        {
            throw new InvalidOperationException(
                $"The feature column '{Features.Name}' holds {features.Length} features{(row >= 0 ? $" in row {row} (zero-based)" : "")}, "
                + $"but the model was trained on {_transformer.FeatureCount}. A null array counts as one of length 0: leave such rows out, "
                + "or fill in their features.");
        }

        _transformer.CopyInputs(in features, inputs);
    }

    /// <param name="capacity">Maximum number of rows of a run.</param>
    public OnnxScorer CreateScorer(int capacity) => _transformer.CreateScorer(capacity);
}
