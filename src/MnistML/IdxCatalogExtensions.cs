using MnistML;
using MnistML.Data;

namespace Microsoft.ML;

/// <summary>Loads IDX files, the format of MNIST, as ML.NET data.</summary>
public static class IdxCatalogExtensions
{
    /// <summary>
    /// Loads images of unsigned bytes, and their labels, from IDX files, raw or gzipped (found by content). For MNIST the columns are
    /// <c>Image</c>, <c>Vector&lt;Byte, 28, 28&gt;</c>, as in the file; <c>Features</c>, <c>Vector&lt;Single, 784&gt;</c>, scaled by 1/255;
    /// and <c>Label</c>, <c>Key&lt;UInt32, 0-9&gt;</c>, in class order, with <c>KeyValues</c>.
    /// </summary>
    /// <param name="catalog">The catalogue of data operations.</param>
    /// <param name="imagesPath">The images: unsigned bytes, two dimensions or more, the first of which counts them.</param>
    /// <param name="labelsPath">The labels: unsigned bytes, one dimension. Without them there is no label column.</param>
    /// <param name="options">Column names and classes.</param>
    /// <returns>A view that makes its values as they are read, can shuffle, and knows its row count; many cursors may run side by side.</returns>
    /// <exception cref="InvalidDataException">A file is not a whole IDX file of that kind; the message says what was found and expected.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static IDataView LoadFromIdx(
        this DataOperationsCatalog catalog, string imagesPath, string? labelsPath = null, IdxLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(imagesPath);

        options ??= new IdxLoaderOptions();
        var images = IdxImages.Read(imagesPath);
        var labels = labelsPath is null ? null : IdxLabels.Read(labelsPath, images, options);
        return new IdxDataView(images, labels, options);
    }
}
