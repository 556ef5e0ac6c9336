using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.OnnxExport.Conversion;

namespace MnistML.OnnxExport.Verification;

/// <typeparam name="T">The type of the items in ML.NET.</typeparam>
/// <inheritdoc/>
internal sealed class ColumnBuffer<T>(DataViewSchema.Column column) : ColumnBuffer(column)
{
    /// <summary>Texts that no training has.</summary>
    private const string UnseenText = "never-seen-before";
    private const string TextBeyondAscii = "un\u00E9-fois-\u4E00";

    private readonly List<T> _items = [];

    public override int RowCount => _items.Count / Width;

    public override object At(int row, int item) => _items[(row * Width) + item] is ReadOnlyMemory<char> text
        ? text.ToString()
        : _items[(row * Width) + item]!;

    public override Delegate GetterFor(Func<int> row) => Column.Type is VectorDataViewType
        ? (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => value = new VBuffer<T>(Width, [.. ItemsOf(row(), 1)]))
        : (ValueGetter<T>)((ref T value) => value = _items[row()]);

    public override NamedOnnxValue ToTensor(RowRange rows)
    {
        int[] shape = [rows.Count, .. OnnxTypes.DimensionsOf(Column.Type) is { Length: > 0 } dimensions ? dimensions : [1]];
        T[] items = [.. ItemsOf(rows.Start, rows.Count)];
        return items is ReadOnlyMemory<char>[] texts
            ? NamedOnnxValue.CreateFromTensor(
                Column.Name, new DenseTensor<string>(texts.Select(text => text.ToString()).ToArray(), shape))
            : NamedOnnxValue.CreateFromTensor(Column.Name, new DenseTensor<T>(items, shape));
    }

    public override IEnumerable<(string Description, ColumnBuffer Row)> Probes()
    {
        if (Column.Type is not VectorDataViewType && PipelineConverter.IsKey(Column.Type))
        {
            yield return ($"a missing key in '{Column.Name}'", WithFirst(default!));
        }
        else if (typeof(T) == typeof(float))
        {
            yield return ($"a missing value (NaN) in '{Column.Name}'", WithFirst((T)(object)float.NaN));
        }
        else if (typeof(T) == typeof(double))
        {
            yield return ($"a missing value (NaN) in '{Column.Name}'", WithFirst((T)(object)double.NaN));
        }
        else if (typeof(T) == typeof(ReadOnlyMemory<char>))
        {
            yield return ($"an empty text in '{Column.Name}'", WithFirst((T)(object)ReadOnlyMemory<char>.Empty));
            yield return ($"an unseen text in '{Column.Name}'", WithFirst((T)(object)UnseenText.AsMemory()));
            yield return ($"a text beyond ASCII in '{Column.Name}'", WithFirst((T)(object)TextBeyondAscii.AsMemory()));
        }
    }

    public override ColumnBuffer Repeat(int row, int count)
    {
        var repeated = new ColumnBuffer<T>(Column);
        for (var i = 0; i < count; i++)
        {
            repeated._items.AddRange(ItemsOf(row, 1));
        }

        return repeated;
    }

    protected override Action BindTo(DataViewRowCursor cursor)
    {
        if (Column.Type is not VectorDataViewType)
        {
            var getter = cursor.GetGetter<T>(Column);
            return () =>
            {
                T value = default!;
                getter(ref value);
                _items.Add(Own(value));
            };
        }

        var vectors = cursor.GetGetter<VBuffer<T>>(Column);
        return () =>
        {
            VBuffer<T> vector = default;
            vectors(ref vector);
            if (vector.Length != Width)
            {
                throw new InvalidOperationException(
                    $"Row {RowCount} of the sample data has {vector.Length} values in '{Column.Name}', but {Width} are expected.");
            }

            _items.AddRange(vector.DenseValues().Select(Own));
        };
    }

    private IEnumerable<T> ItemsOf(int row, int count) => _items.Skip(row * Width).Take(count * Width);

    private ColumnBuffer<T> WithFirst(T value)
    {
        var changed = (ColumnBuffer<T>)Repeat(row: 0, count: 1);
        changed._items[0] = value;
        return changed;
    }

    /// <summary>A text may lie in memory that the cursor fills again.</summary>
    private static T Own(T value) => value is ReadOnlyMemory<char> text ? (T)(object)text.ToString().AsMemory() : value;
}
