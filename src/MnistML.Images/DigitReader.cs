using MnistML.Images.Decoding;
using MnistML.Images.Ink;
using MnistML.Images.Normalization;

namespace MnistML.Images;

/// <summary>
/// Finds the handwritten digits in a picture, be they darker or lighter than what they are written on, and brings each to the form of
/// MNIST's images. A reader holds no state, so that many threads may share it.
/// </summary>
public sealed class DigitReader
{
    private readonly DigitReaderOptions _options;

    /// <summary>Creates a reader.</summary>
    /// <param name="options">Its limits; null for the defaults.</param>
    public DigitReader(DigitReaderOptions? options = null)
    {
        _options = options ?? new DigitReaderOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MaxFileBytes, nameof(DigitReaderOptions.MaxFileBytes));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MaxPixels, nameof(DigitReaderOptions.MaxPixels));
    }

    /// <summary>Reads a PNG, JPEG, GIF, BMP or WebP file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no such picture, is damaged, or exceeds a limit, which is named.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public DigitPicture Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = File.OpenRead(path);
        return Read(file);
    }

    /// <summary>Reads a PNG, JPEG, GIF, BMP or WebP picture.</summary>
    /// <param name="picture">The bytes of its file. The stream is read to its end, and stays open.</param>
    /// <exception cref="InvalidDataException">It is no such picture, is damaged, or exceeds a limit, which is named.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public DigitPicture Read(Stream picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return Read(PictureDecoder.ReadBrightness(PictureBytes.ReadAll(picture, _options.MaxFileBytes), _options.MaxPixels));
    }

    /// <summary>Reads pixels.</summary>
    /// <param name="brightness">The pixels row by row, 0 for black and 255 for white.</param>
    /// <param name="width">The number of columns.</param>
    /// <param name="height">The number of rows.</param>
    /// <exception cref="ArgumentException"><paramref name="brightness"/> has not width × height values.</exception>
    /// <exception cref="InvalidDataException">There are more than <see cref="DigitReaderOptions.MaxPixels"/>.</exception>
    public DigitPicture Read(ReadOnlySpan<byte> brightness, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        PictureDecoder.EnsureWithin(_options.MaxPixels, width, height);
        if (brightness.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"There are {brightness.Length} values, but {width} × {height} pixels need {(long)width * height}.", nameof(brightness));
        }

        var image = new GreyImage(width, height);
        for (var i = 0; i < brightness.Length; i++)
        {
            image.Values[i] = brightness[i] / (float)byte.MaxValue;
        }

        return Read(image);
    }

    private static DigitPicture Read(GreyImage brightness)
    {
        if (InkFinder.Find(brightness) is not { } ink || ink.InkBox() is not { } box)
        {
            return new DigitPicture(brightness.Width, brightness.Height, []);
        }

        var image = DigitNormalizer.Normalize(ink.Crop(box.Left, box.Top, box.Width, box.Height));
        byte[] pixels = [.. image.Select(value => (byte)MathF.Round(value * byte.MaxValue))];
        return new DigitPicture(brightness.Width, brightness.Height, [new FoundDigit(box, pixels, DigitDoubts.None)]);
    }
}
