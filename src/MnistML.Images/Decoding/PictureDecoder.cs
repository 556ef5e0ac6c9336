using MnistML.Images.Ink;
using SkiaSharp;

namespace MnistML.Images.Decoding;

/// <summary>From the bytes of a picture's file to the brightness of its pixels.</summary>
internal static class PictureDecoder
{
    /// <summary>How bright the colours are to the eye (ITU-R BT.709).</summary>
    private const float RedShare = 0.2126f;
    private const float GreenShare = 0.7152f;
    private const float BlueShare = 0.0722f;

    /// <summary>Reads the brightness of a picture, from 0 (black) to 1 (white), upright as it was taken.</summary>
    /// <param name="file">A PNG, JPEG, GIF, BMP or WebP file.</param>
    /// <param name="maxPixels">More are refused before they are decoded.</param>
    /// <exception cref="InvalidDataException">It cannot be decoded.</exception>
    public static GreyImage ReadBrightness(byte[] file, long maxPixels)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data)
            ?? throw new InvalidDataException("it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can");
        EnsureWithin(maxPixels, codec.Info.Width, codec.Info.Height);
        using var picture = new SKBitmap(
            new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Bgra8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(picture.Info, picture.GetPixels()) is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
        {
            throw new InvalidDataException("it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can");
        }

        var pixels = picture.Pixels;
        var image = new GreyImage(picture.Width, picture.Height);
        var opacity = new float[pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var pixel = pixels[i];
            image.Values[i] = ((RedShare * pixel.Red) + (GreenShare * pixel.Green) + (BlueShare * pixel.Blue)) / byte.MaxValue;
            opacity[i] = pixel.Alpha / (float)byte.MaxValue;
        }

        PutOnPaper(image.Values, opacity);
        return ApplyOrientation(image, codec.EncodedOrigin);
    }

    /// <summary>Refuses a picture of too many pixels.</summary>
    /// <exception cref="InvalidDataException">It has more than are allowed.</exception>
    public static void EnsureWithin(long maxPixels, int width, int height)
    {
        if ((long)width * height > maxPixels)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"the picture has {width:N0} × {height:N0} pixels, but at most {maxPixels:N0} are read; make it smaller"));
        }
    }

    /// <summary>Transparent pixels become paper: white, or black if the drawing is light.</summary>
    private static void PutOnPaper(float[] brightness, float[] opacity)
    {
        var mean = brightness.Zip(opacity, (value, share) => value * share).Sum() / Math.Max(opacity.Sum(), float.Epsilon);
        var paper = mean > 0.5f ? 0f : 1f;
        for (var i = 0; i < brightness.Length; i++)
        {
            brightness[i] = (opacity[i] * brightness[i]) + ((1 - opacity[i]) * paper);
        }
    }

    /// <summary>Skia decodes a picture as it is stored, and only says how the camera was held.</summary>
    private static GreyImage ApplyOrientation(GreyImage image, SKEncodedOrigin origin)
    {
        return origin switch
        {
            SKEncodedOrigin.TopRight => FlipRows(image),
            SKEncodedOrigin.BottomRight => FlipRows(FlipColumns(image)),
            SKEncodedOrigin.BottomLeft => FlipColumns(image),
            SKEncodedOrigin.LeftTop => image.Transpose(),
            SKEncodedOrigin.RightTop => FlipRows(image.Transpose()),
            SKEncodedOrigin.RightBottom => FlipRows(FlipColumns(image.Transpose())),
            SKEncodedOrigin.LeftBottom => FlipColumns(image.Transpose()),
            _ => image,
        };
    }

    /// <summary>Left becomes right.</summary>
    private static GreyImage FlipRows(GreyImage image)
    {
        var flipped = image.Crop(0, 0, image.Width, image.Height);
        for (var y = 0; y < image.Height; y++)
        {
            flipped.Values.AsSpan(y * image.Width, image.Width).Reverse();
        }

        return flipped;
    }

    /// <summary>Top becomes bottom.</summary>
    private static GreyImage FlipColumns(GreyImage image) => FlipRows(image.Transpose()).Transpose();
}
