using Microsoft.ML.Data;
using SkiaSharp;

namespace MnistML.Samples.Pictures;

/// <summary>The pixels of pictures, in and out.</summary>
internal static class PicturePixels
{
    /// <summary>The bytes of a pixel: blue, green, red, alpha, or red first.</summary>
    private const int BytesPerPixel = 4;
    private const int GreenOffset = 1;
    private const int AlphaOffset = 3;

    /// <summary>How bright the colours are to the eye (ITU-R BT.709).</summary>
    private const float RedShare = 0.2126f;
    private const float GreenShare = 0.7152f;
    private const float BlueShare = 0.0722f;

    /// <summary>Reads the brightness of a picture, from 0 (black) to 1 (white), upright as it was taken.</summary>
    /// <param name="file">A PNG, JPEG, GIF, BMP or WebP file.</param>
    /// <exception cref="InvalidDataException">It cannot be decoded.</exception>
    public static GreyImage ReadBrightness(byte[] file)
    {
        using var picture = Decode(file);
        var pixels = picture.Pixels;
        var redOffset = picture.PixelFormat == MLPixelFormat.Rgba32 ? 0 : 2;
        var image = new GreyImage(picture.Width, picture.Height);
        var opacity = new float[image.Values.Length];
        for (var i = 0; i < image.Values.Length; i++)
        {
            var pixel = pixels.Slice(i * BytesPerPixel, BytesPerPixel);
            image.Values[i] = (
                (RedShare * pixel[redOffset]) + (GreenShare * pixel[GreenOffset]) + (BlueShare * pixel[2 - redOffset])) / byte.MaxValue;
            opacity[i] = pixel[AlphaOffset] / (float)byte.MaxValue;
        }

        PutOnPaper(image.Values, opacity);
        return ApplyOrientation(image, file);
    }

    /// <summary>Makes a grey picture of values from 0 to 1.</summary>
    /// <param name="side">Its height and width.</param>
    /// <param name="values">Its pixels row by row.</param>
    public static MLImage Write(int side, float[] values)
    {
        var pixels = new byte[values.Length * BytesPerPixel];
        for (var i = 0; i < values.Length; i++)
        {
            pixels.AsSpan(i * BytesPerPixel, AlphaOffset).Fill((byte)MathF.Round(values[i] * byte.MaxValue));
            pixels[(i * BytesPerPixel) + AlphaOffset] = byte.MaxValue;
        }

        return MLImage.CreateFromPixels(side, side, MLPixelFormat.Bgra32, pixels);
    }

    private static MLImage Decode(byte[] file)
    {
        try
        {
            using var stream = new MemoryStream(file);
            return MLImage.CreateFromStream(stream);
        }
        catch (ArgumentException)
        {
            throw new InvalidDataException("it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can");
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

    /// <summary>ML.NET does not apply a photograph's EXIF orientation.</summary>
    private static GreyImage ApplyOrientation(GreyImage image, byte[] file)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        return (codec?.EncodedOrigin ?? SKEncodedOrigin.Default) switch
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
