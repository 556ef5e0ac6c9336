using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common.DataViews;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// The columns that a row or cursor shows when the logits are appended to its input: what both have in common. It owns the buffers
/// of the one who uses it, and so belongs to one thread.
/// </summary>
internal sealed class LogitsColumns(LogitsMapper mapper, DataViewRow input, HashSet<int> activeColumns) : IDisposable
{
    private OnnxScorer? _scorer;

    public DataViewSchema Schema => mapper.OutputSchema;

    public void Dispose() => _scorer?.Dispose();

    public bool IsColumnActive(DataViewSchema.Column column) => activeColumns.Contains(column.Index);

    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index >= Schema.Count || !IsColumnActive(column))
        {
            throw ColumnErrors.NotActive(column);
        }

        return mapper.IsLogits(column)
            ? CreateLogitsGetter() as ValueGetter<TValue> ?? throw ColumnErrors.OtherType<TValue>(column)
            : input.GetGetter<TValue>(mapper.InputSchema[column.Index]);
    }

    /// <summary>Gives logits out.</summary>
    public static void Copy(ReadOnlySpan<float> values, ref VBuffer<float> logits)
    {
        var editor = VBufferEditor.Create(ref logits, values.Length);
        values.CopyTo(editor.Values);
        logits = editor.Commit();
    }

    private ValueGetter<VBuffer<float>> CreateLogitsGetter()
    {
        var getFeatures = input.GetGetter<VBuffer<float>>(mapper.Features);
        var scorer = _scorer ??= mapper.CreateScorer(capacity: 1);
        VBuffer<float> features = default;
        return (ref VBuffer<float> logits) =>
        {
            getFeatures(ref features);
            features.CopyTo(scorer.FeaturesOf(0));
            scorer.Run(rowCount: 1);
            Copy(scorer.LogitsOf(0), ref logits);
        };
    }
}
