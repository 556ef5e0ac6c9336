using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MnistML.OnnxExport.Conversion;

namespace MnistML.OnnxExport.Verification;

/// <summary>The values of a column in some rows, copied, as ML.NET and ONNX Runtime take them.</summary>
internal abstract class ColumnBuffer
{
    protected ColumnBuffer(DataViewSchema.Column column)
    {
        Column = column;
        Width = OnnxTypes.DimensionsOf(column.Type).Aggregate(1, (product, dimension) => product * dimension);
    }

    public DataViewSchema.Column Column { get; }

    /// <summary>The number of items of a row.</summary>
    public int Width { get; }

    public abstract int RowCount { get; }

    public static ColumnBuffer Create(DataViewSchema.Column column)
    {
        var type = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        return (ColumnBuffer)typeof(ColumnBuffer<>).MakeGenericType(type.RawType)
            .GetConstructors(BindingFlags.Public | BindingFlags.Instance).Single().Invoke([column]);
    }

    /// <summary>Reads columns of a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="names">The columns.</param>
    /// <param name="maxRows">How many of its first rows.</param>
    public static ColumnBuffer[] Read(IDataView view, IEnumerable<string> names, int maxRows)
    {
        ColumnBuffer[] buffers = [.. names.Select(name => Create(view.Schema[name]))];
        using var cursor = view.GetRowCursor(buffers.Select(buffer => buffer.Column));
        Action[] appends = [.. buffers.Select(buffer => buffer.BindTo(cursor))];
        for (var row = 0; row < maxRows && cursor.MoveNext(); row++)
        {
            foreach (var append in appends)
            {
                append();
            }
        }

        return buffers;
    }

    /// <summary>The value of an item: a number, a Boolean or a string.</summary>
    public abstract object At(int row, int item);

    /// <summary>A getter of a cursor, for a row that changes.</summary>
    public abstract Delegate GetterFor(Func<int> row);

    /// <summary>Rows as an input of ONNX Runtime: <c>[rows, 1]</c>, or <c>[rows, dimensions]</c>.</summary>
    public abstract NamedOnnxValue ToTensor(RowRange rows);

    /// <summary>
    /// Copies of the first row with other values in its first item: missing, and for texts one that did not occur. Each has a description.
    /// </summary>
    public abstract IEnumerable<(string Description, ColumnBuffer Row)> Probes();

    /// <summary>Some rows of this column.</summary>
    public abstract ColumnBuffer Repeat(int row, int count);

    /// <summary>What appends the row at which a cursor is.</summary>
    protected abstract Action BindTo(DataViewRowCursor cursor);
}
