using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Data;

/// <summary>A pass over the rows of an <see cref="IdxDataView"/>, in the files' order or in a given one.</summary>
internal sealed class IdxCursor : DataViewRowCursor
{
    private const int ImageIndex = 0;
    private const int FeaturesIndex = 1;
    private const long BeforeFirst = -1;

    private readonly IdxImages _images;
    private readonly IdxLabels? _labels;
    private readonly bool[] _active;
    private readonly int[]? _order;
    private long _position = BeforeFirst;
    private bool _ended;

    public IdxCursor(DataViewSchema schema, IdxImages images, IdxLabels? labels, IEnumerable<DataViewSchema.Column> active, int[]? order)
    {
        Schema = schema;
        _images = images;
        _labels = labels;
        _active = new bool[schema.Count];
        foreach (var column in active)
        {
            _active[column.Index] = true;
        }

        _order = order;
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    /// <summary>The row of the files that the cursor stands on.</summary>
    private long Row => _position < 0
        ? throw new InvalidOperationException("The cursor stands on no row: call MoveNext first, and no more once it has given false.")
        : _order?[_position] ?? _position;

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _active.Length && _active[column.Index];

    public override bool MoveNext()
    {
        if (_ended || _position + 1 >= _images.Count)
        {
            _ended = true;
            _position = BeforeFirst;
            return false;
        }

        _position++;
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        }

        Delegate getter = column.Index switch
        {
            ImageIndex => (ValueGetter<VBuffer<byte>>)((ref VBuffer<byte> image) => _images.GetImage(Row, ref image)),
            FeaturesIndex => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> features) => _images.GetFeatures(Row, ref features)),
            _ => (ValueGetter<uint>)((ref uint label) => label = _labels!.GetKey(Row)),
        };
        return getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"The column '{column.Name}' is read as {typeof(TValue)}, but it holds {column.Type.RawType}.");
    }
}
