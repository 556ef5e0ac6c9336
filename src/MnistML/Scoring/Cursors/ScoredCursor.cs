using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common.DataViews;

namespace MnistML.Scoring.Cursors;

/// <summary>A cursor over another cursor's rows, as a mapper transforms them. It owns both.</summary>
/// <param name="input">The other cursor.</param>
/// <param name="row">The mapper's row over the row of <paramref name="input"/>.</param>
/// <param name="activeColumns">The columns that may be read; <paramref name="row"/> reports others as active too.</param>
internal sealed class ScoredCursor(
    DataViewRowCursor input, DataViewRow row, IEnumerable<DataViewSchema.Column> activeColumns) : DataViewRowCursor
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
