using Microsoft.ML;

namespace MnistML.Scoring;

/// <summary>A view with the logits appended.</summary>
internal sealed class LogitsDataView(LogitsMapper mapper, IDataView input) : IDataView
{
    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = columnsNeeded.ToArray();
        return Wrap(input.GetRowCursor(mapper.GetDependencies(active), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = columnsNeeded.ToArray();
        return [.. input.GetRowCursorSet(mapper.GetDependencies(active), n, rand).Select(cursor => Wrap(cursor, active))];
    }

    private LogitsCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] active) => new(cursor, mapper.CreateColumns(cursor, active));
}
