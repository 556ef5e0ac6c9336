using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>A view that counts the rows and values read from it, and fails at a given row.</summary>
internal sealed class WatchedDataView(IDataView input) : IDataView
{
    private int _rowsRead;
    private int _openCursors;
    private int _valuesRead;

    /// <summary>The zero-based row at which MoveNext fails; null for none.</summary>
    public int? FailingRow { get; init; }

    /// <summary>Rows over which any cursor has moved.</summary>
    public int RowsRead => _rowsRead;

    /// <summary>Values of any column that were read.</summary>
    public int ValuesRead => _valuesRead;

    /// <summary>Cursors that are not disposed of.</summary>
    public int OpenCursors => _openCursors;

    public DataViewSchema Schema => input.Schema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, input.GetRowCursor(columnsNeeded, rand));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly WatchedDataView _view;
        private readonly DataViewRowCursor _cursor;
        private bool _isDisposed;

        public Cursor(WatchedDataView view, DataViewRowCursor cursor)
        {
            (_view, _cursor) = (view, cursor);
            Interlocked.Increment(ref view._openCursors);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _cursor.Position;

        /// <summary>As if every third row began another batch.</summary>
        public override long Batch => _cursor.Position / 3;

        public override bool MoveNext()
        {
            if (_cursor.Position + 1 == _view.FailingRow)
            {
                throw new FormatException($"Row {_view.FailingRow} can't be read.");
            }

            var hasRow = _cursor.MoveNext();
            Interlocked.Add(ref _view._rowsRead, hasRow ? 1 : 0);
            return hasRow;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _cursor.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => _cursor.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var getValue = _cursor.GetGetter<TValue>(column);
            return (ref TValue value) =>
            {
                Interlocked.Increment(ref _view._valuesRead);
                getValue(ref value);
            };
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDisposed)
            {
                _isDisposed = true;
                Interlocked.Decrement(ref _view._openCursors);
                _cursor.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
