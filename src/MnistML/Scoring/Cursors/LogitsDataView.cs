using Microsoft.ML;

namespace MnistML.Scoring.Cursors;

/// <summary>A view with the logits appended.</summary>
internal sealed class LogitsDataView(LogitsMapper mapper, IDataView input) : IDataView
{
    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = columnsNeeded.ToArray();
        var cursor = input.GetRowCursor(mapper.GetDependencies(active), rand);
        return OwnedCursors.Wrap<DataViewRowCursor>(
            [cursor], cursor => IsBatched(active) ? new BatchedLogitsCursor(mapper, cursor, active) : Wrap(cursor, active))[0];
    }

    /// <summary>
    /// A single cursor already distributes its batches over all cores. It is faster than several cursors whose rows ML.NET has to bring
    /// back into order.
    /// </summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = columnsNeeded.ToArray();
        return IsBatched(active)
            ? [GetRowCursor(active, rand)]
            : OwnedCursors.Wrap<DataViewRowCursor>(
                input.GetRowCursorSet(mapper.GetDependencies(active), n, rand), cursor => Wrap(cursor, active));
    }

    private bool IsBatched(DataViewSchema.Column[] active) =>
        active.Any(mapper.IsLogits) && active.All(column => BufferedColumn.CanHold(column.Type));

    private LogitsCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] active) =>
        new(cursor, mapper.CreateColumns(cursor, active));
}
