using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common.DataViews;

namespace MnistML.Scoring.Cursors;

/// <summary>A cursor whose columns are those of a row that a mapper makes of another cursor's row. It owns both.</summary>
/// <param name="input">The other cursor.</param>
/// <param name="row">The row over its row.</param>
/// <param name="activeColumns">Those that may be read; the row itself takes others for active too.</param>
internal sealed class ScoredCursor(DataViewRowCursor input, DataViewRow row, IEnumerable<DataViewSchema.Column> activeColumns) : DataViewRowCursor
{
    private readonly HashSet<int> _activeColumns = [.. activeColumns.Select(column => column.Index)];

    public override DataViewSchema Schema => row.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _activeColumns.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
        ? row.GetGetter<TValue>(column)
        : throw ColumnErrors.NotActive(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            row.Dispose();
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
