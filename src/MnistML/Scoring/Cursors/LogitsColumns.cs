using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common.DataViews;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// The columns of a row or cursor with the logits appended to its input. It owns the buffers of that row or cursor, so only one thread may
/// use it at a time.
/// </summary>
internal sealed class LogitsColumns(LogitsMapper mapper, DataViewRow input, HashSet<int> activeColumns) : IDisposable
{
    private OnnxScorer? _scorer;

    public DataViewSchema Schema => mapper.OutputSchema;

    public void Dispose() => _scorer?.Dispose();

    public bool IsColumnActive(DataViewSchema.Column column) => activeColumns.Contains(column.Index);

    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw ColumnErrors.NotActive(column);
        }

        return mapper.IsLogits(column)
            ? CreateLogitsGetter() as ValueGetter<TValue> ?? throw ColumnErrors.OtherType<TValue>(column)
            : input.GetGetter<TValue>(mapper.InputSchema[column.Index]);
    }

    /// <summary>Copies logits to the caller's vector.</summary>
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
            mapper.CopyInputs(in features, scorer.InputsOf(0), input.Position);
            scorer.Run(rowCount: 1);
            Copy(scorer.LogitsOf(0), ref logits);
        };
    }
}
