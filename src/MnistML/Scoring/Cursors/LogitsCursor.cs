using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// A cursor with the logits appended, computed row by row on demand. It serves readers that do not read logits, and those that also read
/// columns whose values cannot be buffered.
/// </summary>
internal sealed class LogitsCursor(DataViewRowCursor input, LogitsColumns columns) : DataViewRowCursor
{
    public override DataViewSchema Schema => columns.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => columns.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => columns.GetGetter<TValue>(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            columns.Dispose();
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
