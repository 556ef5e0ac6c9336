using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring;

/// <summary>
/// One row for each class, in class order: a one-hot vector column, and the class as a label of the user's own type, with the user's
/// annotations.
/// </summary>
internal sealed class OneHotDataView : IDataView
{
    private readonly int _classCount;

    public OneHotDataView(string vectorColumnName, DataViewSchema.Column label)
    {
        _classCount = checked((int)((KeyDataViewType)label.Type).Count);
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(vectorColumnName, new VectorDataViewType(NumberDataViewType.Single, _classCount));
        builder.AddColumn(label.Name, label.Type, label.Annotations);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _classCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(OneHotDataView view) : DataViewRowCursor
    {
        private int _row = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _row;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override bool MoveNext()
        {
            if (_row + 1 >= view._classCount)
            {
                _row = -1;
                return false;
            }

            _row++;
            return true;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Index == 0 ? (ValueGetter<VBuffer<float>>)GetVector : (ValueGetter<uint>)GetLabel;
            return (ValueGetter<TValue>)getter;
        }

        private void GetVector(ref VBuffer<float> vector) => vector = new VBuffer<float>(view._classCount, 1, [1], [_row]);

        /// <summary>Keys count from 1; 0 is a missing value.</summary>
        private void GetLabel(ref uint label) => label = (uint)_row + 1;
    }
}
