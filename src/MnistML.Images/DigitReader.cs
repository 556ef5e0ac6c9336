using MnistML.Images.Decoding;
using MnistML.Images.Ink;
using MnistML.Images.Layout;

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
    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    public DigitReader(DigitReaderOptions? options = null)
    {
        _options = options ?? new DigitReaderOptions();
        _options.Validate();
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
        return Read(PictureDecoder.Decode(PictureBytes.ReadAll(picture, _options.MaxFileBytes), _options));
    }

    /// <summary>Reads pixels.</summary>
    /// <param name="brightness">The pixels row by row, 0 for black and 255 for white.</param>
    /// <param name="width">The number of columns.</param>
    /// <param name="height">The number of rows.</param>
    /// <exception cref="ArgumentException"><paramref name="brightness"/> has not width × height values.</exception>
    /// <exception cref="InvalidDataException">There are more pixels than the options allow, or one side is too long.</exception>
    public DigitPicture Read(ReadOnlySpan<byte> brightness, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        PictureLimits.EnsureWithin(_options, width, height);
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

        return Read(new DecodedPicture(image, width, height));
    }

    private static DigitPicture Read(DecodedPicture picture)
    {
        var (digits, scale) = PictureAnalysis.Find(picture);
        return new DigitPicture(
            picture.Width,
            picture.Height,
            [.. digits.Select(digit => digit.ToFoundDigit(scale.BoxOf(digit.Box)))]);
    }
}
