using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// A view with the predictions: the stock stages after the logits, row by row as their mapper gives them. Their own views would split a cursor among threads and join
/// it again, which reads thousands of rows ahead and takes longer than it saves.
/// </summary>
/// <param name="input">A view with the logits.</param>
/// <param name="mapper">The stages after them, bound to its schema.</param>
internal sealed class ScoredDataView(IDataView input, IRowToRowMapper mapper) : IDataView
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

    private ScoredCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] active) => new(cursor, mapper.GetRow(cursor, active), active);
}
