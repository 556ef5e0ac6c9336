using Microsoft.ML;
using MnistML.Idx;

namespace MnistML.Web.Data;

/// <summary>Images of 28 × 28 pixels with their labels, in memory.</summary>
internal sealed class DigitSet
{
    /// <summary>Height and width of an image.</summary>
    public const int Side = 28;
    public const int PixelCount = Side * Side;

    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    private DigitSet(byte[] pixels, byte[] labels) => (_pixels, _labels) = (pixels, labels);

    public int Count => _labels.Length;

    public ReadOnlySpan<byte> Labels => _labels;

    public ReadOnlyMemory<byte> PixelsOf(int index) => _pixels.AsMemory(index * PixelCount, PixelCount);

    /// <summary>Reads an IDX file of images and that of their labels.</summary>
    /// <exception cref="InvalidDataException">The images are not of 28 × 28 bytes, or the labels do not fit.</exception>
    public static DigitSet Read(string imagesPath, string labelsPath)
    {
        var (images, labels) = (IdxFile.Read(imagesPath), IdxFile.Read(labelsPath));
        if (images.Header.ElementType != IdxElementType.UInt8 || images.Header.Dimensions is not [> 0, Side, Side])
        {
            throw new InvalidDataException(
                $"'{imagesPath}' holds {images.Header}, but the page draws images of {Side} × {Side} bytes: take the files of MNIST, "
                + "or of a data set that is made like it.");
        }

        var imageCount = images.Header.ItemCount;
        if (labels.Header.ElementType != IdxElementType.UInt8 || labels.Header.Dimensions is not [var count] || count != imageCount)
        {
            throw new InvalidDataException(
                $"'{labelsPath}' holds {labels.Header}, but {imageCount} labels of one byte are expected, one for each image.");
        }

        return new DigitSet(images.ToArray<byte>(), labels.ToArray<byte>());
    }

    /// <summary>Some rows of this set, then other images, each several times, as IDX files in a folder.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="maxRows">Rows of this set, at most.</param>
    /// <param name="more">Images to add.</param>
    /// <param name="repeats">How often each of them is added.</param>
    public (string Images, string Labels, int RowCount) Write(string folder, int maxRows, IReadOnlyList<Correction> more, int repeats)
    {
        var rows = Math.Min(maxRows, Count);
        var count = checked(rows + (more.Count * repeats));
        var (pixels, labels) = (new byte[checked(count * PixelCount)], new byte[count]);
        _pixels.AsSpan(0, rows * PixelCount).CopyTo(pixels);
        _labels.AsSpan(0, rows).CopyTo(labels);
        for (var i = rows; i < count; i++)
        {
            var correction = more[(i - rows) % more.Count];
            correction.Pixels.CopyTo(pixels.AsSpan(i * PixelCount));
            labels[i] = (byte)correction.Label;
        }

        var (imagesPath, labelsPath) = (Path.Combine(folder, "images.idx"), Path.Combine(folder, "labels.idx"));
        IdxFile.Write<byte>(imagesPath, pixels, [count, Side, Side]);
        IdxFile.Write<byte>(labelsPath, labels, [count]);
        return (imagesPath, labelsPath, count);
    }

    /// <summary>A view with the columns Features and Label of classes from 0 on.</summary>
    public static IDataView Load(MLContext mlContext, string imagesPath, string labelsPath, int classCount) =>
        mlContext.Data.LoadFromIdx(imagesPath, labelsPath, new IdxLoaderOptions { ClassCount = classCount });
}
