using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// A view with the predictions: applies the mapper of the stock stages after the logits row by row. ML.NET's own views of these stages
/// would split a cursor over threads and join it again, which reads thousands of rows ahead and takes longer than it saves.
/// </summary>
/// <param name="input">A view with the logits.</param>
/// <param name="mapper">The stages after the logits, bound to the schema of the view.</param>
internal sealed class ScoredDataView(IDataView input, IRowToRowMapper mapper) : IDataView
{
    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = columnsNeeded.ToArray();
        return Wrap([input.GetRowCursor(mapper.GetDependencies(active), rand)], active)[0];
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = columnsNeeded.ToArray();
        return Wrap(input.GetRowCursorSet(mapper.GetDependencies(active), n, rand), active);
    }

    private DataViewRowCursor[] Wrap(DataViewRowCursor[] cursors, DataViewSchema.Column[] active) =>
        OwnedCursors.Wrap<DataViewRowCursor>(cursors, cursor => new ScoredCursor(cursor, mapper.GetRow(cursor, active), active));
}
