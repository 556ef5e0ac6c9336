using Microsoft.ML;

namespace MnistML.Data;

/// <summary>A pair of IDX files as a view: images as bytes and as numbers, and labels if there are any.</summary>
internal sealed class IdxDataView : IDataView
{
    private readonly IdxImages _images;
    private readonly IdxLabels? _labels;

    public IdxDataView(IdxImages images, IdxLabels? labels, IdxLoaderOptions options)
    {
        _images = images;
        _labels = labels;

        var builder = new DataViewSchema.Builder();
        builder.AddColumn(options.ImageColumnName, images.ImageType);
        builder.AddColumn(options.FeatureColumnName, images.FeatureType);
        if (labels is not null)
        {
            builder.AddColumn(options.LabelColumnName, labels.KeyType, labels.CreateAnnotations());
        }

        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => true;

    public long? GetRowCount() => _images.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        return new IdxCursor(Schema, _images, _labels, columnsNeeded, rand is null ? null : Permutation(rand));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private int[] Permutation(Random random)
    {
        int[] rows = [.. Enumerable.Range(0, checked((int)_images.Count))];
        random.Shuffle(rows);
        return rows;
    }
}
