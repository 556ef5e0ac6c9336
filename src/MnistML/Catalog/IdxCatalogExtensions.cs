using MnistML;
using MnistML.Data.Loading;
using MnistML.Data.Saving;

namespace Microsoft.ML;

/// <summary>Loads IDX files, the format of MNIST, as ML.NET data, and saves data as IDX files.</summary>
public static class IdxCatalogExtensions
{
    /// <summary>
    /// Loads images or other arrays, and their labels, from IDX files of any element type and shape, raw or gzipped (found by content). For
    /// MNIST the columns are <c>Image</c>, <c>Vector&lt;Byte, 28, 28&gt;</c>, as in the file; <c>Features</c>, <c>Vector&lt;Single,
    /// 784&gt;</c>, scaled by 1/255; and <c>Label</c>, <c>Key&lt;UInt32, 0-9&gt;</c>, in class order, with <c>KeyValues</c>.
    /// </summary>
    /// <param name="catalog">The catalogue of data operations.</param>
    /// <param name="imagesPath">The items; their file's first dimension counts them, the others are those of <c>Image</c>.</param>
    /// <param name="labelsPath">
    /// The labels: whole numbers, one for each item, or a table with a row of them. Without it there is no label column.
    /// </param>
    /// <param name="options">Column names, classes, scale and the like.</param>
    /// <returns>
    /// A view that makes its values as they are read, can shuffle, and knows its row count; many cursors may run side by side. A raw file
    /// is read from the disc by each cursor, which closes it when it is disposed; a gzip file is unpacked into memory once.
    /// </returns>
    /// <exception cref="ArgumentException">Options can't be used; the message names every violation.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is not a whole IDX file, or the two don't fit together; the message says what was found and expected.
    /// </exception>
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

    /// <summary>
    /// Saves a column of numbers, alone or in vectors, as an IDX file, and a column of labels beside it, in one pass. The item's dimensions
    /// are the column's: <c>Vector&lt;Byte, 28, 28&gt;</c> gives n×28×28, a plain number n. Each file appears under its name only when both
    /// are whole; if anything fails, files that were there before stay as they were.
    /// </summary>
    /// <param name="catalog">The catalogue of data operations.</param>
    /// <param name="data">The data, any view; its rows are saved in the order in which it gives them.</param>
    /// <param name="imagesPath">The file of items; one that exists is replaced. If its name ends with <c>.gz</c>, it is gzipped.</param>
    /// <param name="labelsPath">The file of labels, likewise; without it labels are not saved.</param>
    /// <param name="options">Column names, element types, scale and the like.</param>
    /// <remarks>
    /// Nothing is stored as something else: a value that is stored as an integer must be whole (within 1/256, so that <c>value / 255f *
    /// 255f</c> is) and in range; one that is stored as Single or Double is rounded to the nearest, but never to infinity. Sparse vectors
    /// are stored dense.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// Options can't be used, a column is missing (<see cref="ArgumentOutOfRangeException"/>) or of a type that IDX has no room for
    /// (likewise), there are more than 2³¹-1 rows, or both paths are one.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// A value does not fit its element type, or a label is missing; the message names row, column and value.
    /// </exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static void SaveAsIdx(
        this DataOperationsCatalog catalog, IDataView data, string imagesPath, string? labelsPath = null, IdxSaverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(imagesPath);
        if (labelsPath is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(labelsPath);
        }

        options ??= new IdxSaverOptions();
        options.ThrowIfInvalid(nameof(options));
        IdxSaver.Save(data, imagesPath, labelsPath, options);
    }
}
