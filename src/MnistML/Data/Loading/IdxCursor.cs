using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common.DataViews;
using MnistML.Idx;

namespace MnistML.Data.Loading;

/// <summary>A pass over rows of an <see cref="IdxDataView"/>. It owns the readers of the active columns.</summary>
internal sealed class IdxCursor : DataViewRowCursor
{
    private const int ImageIndex = 0;
    private const int FeaturesIndex = 1;
    private const int LabelIndex = 2;
    private const int NoRow = -1;

    private readonly IdxImages _images;
    private readonly IdxLabels? _labels;
    private readonly bool[] _active;
    private readonly IdxPass _pass;
    private readonly IdxReader? _imageReader;
    private readonly IdxReader? _labelReader;
    private long _position = -1;
    private long _batch;
    private int _row = NoRow;
    private bool _ended;

    /// <exception cref="IOException">A file can't be opened, or has changed since it was loaded.</exception>
    public IdxCursor(DataViewSchema schema, IdxImages images, IdxLabels? labels, IEnumerable<DataViewSchema.Column> active, IdxPass pass)
    {
        Schema = schema;
        _images = images;
        _labels = labels;
        _pass = pass;
        _active = new bool[schema.Count];
        foreach (var column in active)
        {
            _active[column.Index] = true;
        }

        _imageReader = _active[ImageIndex] || _active[FeaturesIndex] ? images.OpenReader() : null;
        try
        {
            _labelReader = labels is not null && _active[LabelIndex] ? labels.OpenReader() : null;
        }
        catch
        {
            _imageReader?.Dispose();
            throw;
        }
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _active.Length && _active[column.Index];

    public override bool MoveNext()
    {
        if (_ended || !_pass.TryGet(_position + 1, out _row, out var batch))
        {
            End();
            return false;
        }

        _position++;
        _batch = batch;
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row(), 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw ColumnErrors.NotActive(column);
        }

        var getter = column.Index switch
        {
            ImageIndex => _images.CreateImageGetter(_imageReader!, Row),
            FeaturesIndex => _images.CreateFeatureGetter(_imageReader!, Row),
            _ => _labels!.CreateGetter(_labelReader!, Row),
        };
        return getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"The column '{column.Name}' is read as {typeof(TValue)}, but it holds {column.Type.RawType}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
            _imageReader?.Dispose();
            _labelReader?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void End()
    {
        _ended = true;
        _position = -1;
        _row = NoRow;
    }

    /// <summary>The zero-based index of the current row in the files.</summary>
    private int Row() => _row != NoRow
        ? _row
        : throw new InvalidOperationException(
            "The cursor has no current row: call MoveNext first, and read no values after it has returned false.");
}
