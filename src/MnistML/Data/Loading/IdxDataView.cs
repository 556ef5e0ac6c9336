using Microsoft.ML;
using MnistML.Idx;

namespace MnistML.Data.Loading;

/// <summary>A data view over a pair of IDX files: items as they are and as features, and labels if there are any.</summary>
internal sealed class IdxDataView : IDataView
{
    private readonly IdxImages _images;
    private readonly IdxLabels? _labels;

    private IdxDataView(IdxImages images, IdxLabels? labels, IdxLoaderOptions options)
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

    /// <exception cref="InvalidDataException">A file is not a whole IDX file, or the two don't fit together.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static IdxDataView Load(string imagesPath, string? labelsPath, IdxLoaderOptions options)
    {
        var imageFile = IdxFile.Read(imagesPath, options.MaxUnpackedBytes);
        var labelFile = labelsPath is null ? null : IdxFile.Read(labelsPath, options.MaxUnpackedBytes);
        if (labelFile is not null && imageFile.Header.Dimensions.Count == 1 && labelFile.Header.Dimensions.Count > 2)
        {
            throw new InvalidDataException(
                $"'{imageFile.Name}' holds {imageFile.Header} and '{labelFile.Name}' holds {labelFile.Header}: the two are swapped, "
                + "since the images come first.");
        }

        var images = IdxImages.Create(imageFile, options);
        var labels = labelFile is null ? null : IdxLabels.Create(labelFile, images, options);
        return new IdxDataView(images, labels, options);
    }

    public long? GetRowCount() => _images.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        return new IdxCursor(Schema, _images, _labels, columnsNeeded, IdxPass.Whole(_images.Count, Permutation(rand)));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var passes = IdxPass.Split(_images.Count, Permutation(rand), n);
        var cursors = new IdxCursor[passes.Length];
        try
        {
            for (var i = 0; i < passes.Length; i++)
            {
                cursors[i] = new IdxCursor(Schema, _images, _labels, columnsNeeded, passes[i]);
            }
        }
        catch
        {
            Array.ForEach(cursors, cursor => cursor?.Dispose());
            throw;
        }

        return cursors;
    }

    /// <summary>
    /// Draws an order as ML.NET draws its own, so that shuffled files give the rows in the order in which shuffled objects do.
    /// </summary>
    private int[]? Permutation(Random? random)
    {
        if (random is null)
        {
            return null;
        }

        int[] rows = [.. Enumerable.Range(0, _images.Count)];
        for (var i = 0; i < rows.Length; i++)
        {
            var other = i + random.Next(rows.Length - i);
            (rows[i], rows[other]) = (rows[other], rows[i]);
        }

        return rows;
    }
}
