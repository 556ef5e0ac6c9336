using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Stock;

/// <summary>
/// The few rows that a stock scorer is fitted on: a vector column, and a label of the user's own name and type, with the user's
/// annotations.
/// </summary>
/// <typeparam name="TLabel">The .NET type of the label.</typeparam>
internal sealed class ScorerRows<TLabel> : IDataView
{
    private readonly int _rowCount;
    private readonly Func<int, VBuffer<float>> _vectorOf;
    private readonly Func<int, TLabel> _labelOf;

    /// <param name="vectorColumnName">The name of the vector column.</param>
    /// <param name="vectorSize">The size of the vectors.</param>
    /// <param name="label">The user's label column.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="vectorOf">The vector of a row, by its zero-based index.</param>
    /// <param name="labelOf">The label of a row.</param>
    public ScorerRows(
        string vectorColumnName,
        int vectorSize,
        DataViewSchema.Column label,
        int rowCount,
        Func<int, VBuffer<float>> vectorOf,
        Func<int, TLabel> labelOf)
    {
        (_rowCount, _vectorOf, _labelOf) = (rowCount, vectorOf, labelOf);
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(vectorColumnName, new VectorDataViewType(NumberDataViewType.Single, vectorSize));
        builder.AddColumn(label.Name, label.Type, label.Annotations);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _rowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(ScorerRows<TLabel> rows) : DataViewRowCursor
    {
        private int _row = -1;

        public override DataViewSchema Schema => rows.Schema;

        public override long Position => _row;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override bool MoveNext()
        {
            if (_row + 1 >= rows._rowCount)
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
            Delegate getter = column.Index == 0 ? (ValueGetter<VBuffer<float>>)GetVector : (ValueGetter<TLabel>)GetLabel;
            return (ValueGetter<TValue>)getter;
        }

        private void GetVector(ref VBuffer<float> vector) => vector = rows._vectorOf(_row);

        private void GetLabel(ref TLabel label) => label = rows._labelOf(_row);
    }
}
