using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Cursors;

/// <summary>Values of a column that a cursor has read ahead, one for each row.</summary>
internal abstract class BufferedColumn
{
    /// <summary>
    /// Whether values of a type can be buffered while other rows are read: primitive values and vectors of them, but nothing that holds
    /// resources, as images do.
    /// </summary>
    public static bool CanHold(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    /// <param name="cursor">The cursor that is read.</param>
    /// <param name="column">The column, of a type that can be buffered.</param>
    /// <param name="capacity">Maximum number of rows.</param>
    public static BufferedColumn Create(DataViewRow cursor, DataViewSchema.Column column, int capacity)
    {
        var buffer = column.Type is VectorDataViewType vector
            ? typeof(BufferedVectors<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(BufferedValues<>).MakeGenericType(column.Type.RawType);

        // The column's getter is created by the input's own code, whose exceptions must reach the caller as they are.
        const BindingFlags Flags = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions;
        return (BufferedColumn)Activator.CreateInstance(buffer, Flags, binder: null, [cursor, column, capacity], culture: null)!;
    }

    /// <summary>Buffers the value of the cursor's current row.</summary>
    public abstract void Read(int row);

    /// <summary>Creates a <see cref="ValueGetter{TValue}"/> that returns copies.</summary>
    /// <param name="currentRow">Returns the index of the row to read.</param>
    public abstract Delegate CreateGetter(Func<int> currentRow);
}

/// <summary>A column of primitive values.</summary>
internal sealed class BufferedValues<TValue>(DataViewRow cursor, DataViewSchema.Column column, int capacity) : BufferedColumn
{
    private readonly ValueGetter<TValue> _getValue = cursor.GetGetter<TValue>(column);
    private readonly TValue[] _values = new TValue[capacity];

    public override void Read(int row) => _getValue(ref _values[row]);

    public override Delegate CreateGetter(Func<int> currentRow) =>
        (ValueGetter<TValue>)((ref TValue value) => value = _values[currentRow()]);
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
