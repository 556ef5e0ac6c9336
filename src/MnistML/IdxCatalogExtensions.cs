using MnistML;
using MnistML.Data;

namespace Microsoft.ML;

/// <summary>Loads IDX files, the format of MNIST, as ML.NET data.</summary>
public static class IdxCatalogExtensions
{
    /// <summary>
    /// Loads images or other arrays, and their labels, from IDX files of any element type and shape, raw or gzipped (found by content). For MNIST the
    /// columns are <c>Image</c>, <c>Vector&lt;Byte, 28, 28&gt;</c>, as in the file; <c>Features</c>, <c>Vector&lt;Single, 784&gt;</c>, scaled by 1/255;
    /// and <c>Label</c>, <c>Key&lt;UInt32, 0-9&gt;</c>, in class order, with <c>KeyValues</c>.
    /// </summary>
    /// <param name="catalog">The catalogue of data operations.</param>
    /// <param name="imagesPath">The items; their file's first dimension counts them, the others are those of <c>Image</c>.</param>
    /// <param name="labelsPath">The labels: whole numbers, one for each item, or a table with a row of them. Without it there is no label column.</param>
    /// <param name="options">Column names, classes, scale and the like.</param>
    /// <returns>
    /// A view that makes its values as they are read, can shuffle, and knows its row count; many cursors may run side by side. A raw file is read from the disc
    /// by each cursor, which closes it when it is disposed; a gzip file is unpacked into memory once.
    /// </returns>
    /// <exception cref="ArgumentException">Options can't be used; the message names every violation.</exception>
    /// <exception cref="InvalidDataException">A file is not a whole IDX file, or the two don't fit together; the message says what was found and expected.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static IDataView LoadFromIdx(
        this DataOperationsCatalog catalog, string imagesPath, string? labelsPath = null, IdxLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(imagesPath);
        options ??= new IdxLoaderOptions();
        options.ThrowIfInvalid(nameof(options));
        return IdxDataView.Load(imagesPath, labelsPath, options);
    }
}
