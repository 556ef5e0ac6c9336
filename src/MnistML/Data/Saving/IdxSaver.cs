using Microsoft.ML;
using MnistML.Idx;

namespace MnistML.Data.Saving;

/// <summary>Writes columns of a view as IDX files, in one pass of one cursor: two cursors might give the rows in two orders.</summary>
internal static class IdxSaver
{
    private const string ImageColumnName = "Image";
    private const string FeatureColumnName = "Features";

    /// <exception cref="ArgumentException">There is no such column, or it has no room in IDX, or the two files are one.</exception>
    /// <exception cref="InvalidDataException">A value does not fit.</exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static void Save(IDataView data, string imagesPath, string? labelsPath, IdxSaverOptions options)
    {
        ThrowIfOneFile(imagesPath, labelsPath);
        ThrowIfTooManyRows(data.GetRowCount());
        var images = IdxItemEncoder.Create(FindItems(data, options), options);
        var labels = labelsPath is null
            ? null
            : IdxLabelEncoder.Create(Find(data, options.LabelColumnName, nameof(options.LabelColumnName)), options);

        using var imageWriter = new IdxWriter(imagesPath, images.DimensionCount);
        using var labelWriter = labels is null ? null : new IdxWriter(labelsPath!, labels.DimensionCount);
        var rowCount = WriteRows(data, images, imageWriter, labels, labelWriter);
        imageWriter.Finish(images.CreateHeader(rowCount));
        if (labelWriter is null)
        {
            imageWriter.Publish();
            return;
        }

        labelWriter.Finish(labels!.CreateHeader(rowCount));
        IdxWriter.PublishBoth(imageWriter, labelWriter);
    }

    private static void ThrowIfOneFile(string imagesPath, string? labelsPath)
    {
        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (labelsPath is not null && string.Equals(Path.GetFullPath(imagesPath), Path.GetFullPath(labelsPath), comparison))
        {
            throw new ArgumentException($"Images and labels are both to be written to '{imagesPath}': name two files.", nameof(labelsPath));
        }
    }

    private static void ThrowIfTooManyRows(long? rowCount)
    {
        if (rowCount > int.MaxValue)
        {
            throw new ArgumentException(
                $"The data has {rowCount} rows, but an IDX file has room for {int.MaxValue} items: save it in parts.");
        }
    }

    private static DataViewSchema.Column FindItems(IDataView data, IdxSaverOptions options) => options.ColumnName is { } name
        ? Find(data, name, nameof(options.ColumnName))
        : data.Schema.GetColumnOrNull(ImageColumnName) ?? Find(data, FeatureColumnName, nameof(options.ColumnName));

    private static DataViewSchema.Column Find(IDataView data, string name, string option) =>
        data.Schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(
            nameof(data),
            $"The data has no column '{name}', but {string.Join(", ", data.Schema.Select(column => $"'{column.Name}'"))}: "
            + $"name one of them by {option}.");

    private static int WriteRows(
        IDataView data, IdxColumnEncoder images, IdxWriter imageWriter, IdxColumnEncoder? labels, IdxWriter? labelWriter)
    {
        using var cursor = data.GetRowCursor(labels is null ? [images.Column] : [images.Column, labels.Column]);
        images.Bind(cursor);
        labels?.Bind(cursor);
        var rowCount = 0;
        while (cursor.MoveNext())
        {
            ThrowIfTooManyRows(rowCount + 1L);
            imageWriter.Write(images.Encode(rowCount));
            labelWriter?.Write(labels!.Encode(rowCount));
            rowCount++;
        }

        return rowCount;
    }
}
