using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.OnnxExport.Verification;

/// <summary>Rows in memory, as data of ML.NET. Both sides are given the same ones, whatever a view gives in its next pass.</summary>
internal sealed class SampleRows : IDataView
{
    public SampleRows(IReadOnlyList<ColumnBuffer> columns)
    {
        Columns = columns;
        RowCount = columns.Count == 0 ? 0 : columns[0].RowCount;
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns.Select(buffer => buffer.Column))
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }

        Schema = builder.ToSchema();
    }

    public IReadOnlyList<ColumnBuffer> Columns { get; }

    public int RowCount { get; }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => RowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(SampleRows rows) : DataViewRowCursor
    {
        private int _row = -1;

        public override DataViewSchema Schema => rows.Schema;

        public override long Position => _row;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override bool MoveNext()
        {
            _row = _row + 1 < rows.RowCount ? _row + 1 : -1;
            return _row >= 0;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            (ValueGetter<TValue>)rows.Columns[column.Index].GetterFor(() => _row);
    }
}
