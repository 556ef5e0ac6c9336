using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Cursors;

/// <summary>Values of a column that a cursor has read ahead, one for each row.</summary>
internal abstract class BufferedColumn
{
    /// <summary>
    /// Whether values of a type can be held while others are read: plain values and vectors of them, but nothing that holds resources, as images do.
    /// </summary>
    public static bool CanHold(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    /// <param name="cursor">Where the values come from.</param>
    /// <param name="column">The column, of a type that can be held.</param>
    /// <param name="capacity">The most rows.</param>
    public static BufferedColumn Create(DataViewRow cursor, DataViewSchema.Column column, int capacity)
    {
        var buffer = column.Type is VectorDataViewType vector
            ? typeof(BufferedVectors<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(BufferedValues<>).MakeGenericType(column.Type.RawType);
        return (BufferedColumn)Activator.CreateInstance(buffer, cursor, column, capacity)!;
    }

    /// <summary>Takes in the value of the row at which the cursor stands.</summary>
    public abstract void Read(int row);

    /// <summary>A <see cref="ValueGetter{TValue}"/> that gives out copies.</summary>
    /// <param name="currentRow">Which row is asked for.</param>
    public abstract Delegate CreateGetter(Func<int> currentRow);
}

/// <summary>A column of plain values.</summary>
internal sealed class BufferedValues<TValue>(DataViewRow cursor, DataViewSchema.Column column, int capacity) : BufferedColumn
{
    private readonly ValueGetter<TValue> _getValue = cursor.GetGetter<TValue>(column);
    private readonly TValue[] _values = new TValue[capacity];

    public override void Read(int row) => _getValue(ref _values[row]);

    public override Delegate CreateGetter(Func<int> currentRow) => (ValueGetter<TValue>)((ref TValue value) => value = _values[currentRow()]);
}

/// <summary>A column of vectors.</summary>
internal sealed class BufferedVectors<TItem>(DataViewRow cursor, DataViewSchema.Column column, int capacity) : BufferedColumn
{
    private readonly ValueGetter<VBuffer<TItem>> _getValue = cursor.GetGetter<VBuffer<TItem>>(column);
    private readonly VBuffer<TItem>[] _values = new VBuffer<TItem>[capacity];

    public ref readonly VBuffer<TItem> this[int row] => ref _values[row];

    public override void Read(int row) => _getValue(ref _values[row]);

    public override Delegate CreateGetter(Func<int> currentRow) =>
        (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> value) => _values[currentRow()].CopyTo(ref value));
}
