using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring;

/// <summary>
/// The columns that a row or cursor shows when the logits are appended to its input: what both have in common. It owns the buffers
/// of the one who uses it, and so belongs to one thread.
/// </summary>
internal sealed class LogitsColumns(LogitsMapper mapper, DataViewRow input, HashSet<int> activeColumns) : IDisposable
{
    private OnnxRowScorer? _scorer;

    public DataViewSchema Schema => mapper.OutputSchema;

    public void Dispose() => _scorer?.Dispose();

    public bool IsColumnActive(DataViewSchema.Column column) => activeColumns.Contains(column.Index);

    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index >= Schema.Count || !IsColumnActive(column))
        {
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        }

        if (!mapper.IsLogits(column))
        {
            return input.GetGetter<TValue>(mapper.InputSchema[column.Index]);
        }

        return CreateLogitsGetter() as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"The column '{column.Name}' is read as {typeof(TValue)}, but it holds {typeof(VBuffer<float>)}.");
    }

    private ValueGetter<VBuffer<float>> CreateLogitsGetter()
    {
        var getFeatures = mapper.GetFeatures(input);
        var scorer = _scorer ??= mapper.CreateRowScorer();
        VBuffer<float> features = default;
        return (ref VBuffer<float> logits) =>
        {
            getFeatures(ref features);
            features.CopyTo(scorer.Features);
            scorer.Run();

            var editor = VBufferEditor.Create(ref logits, scorer.Logits.Length);
            scorer.Logits.CopyTo(editor.Values);
            logits = editor.Commit();
        };
    }
}
