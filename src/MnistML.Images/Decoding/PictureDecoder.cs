using System.Runtime.InteropServices;
using MnistML.Images.Ink;
using SkiaSharp;

namespace MnistML.Images.Decoding;

/// <summary>
/// From the bytes of a picture's file to the brightness of its pixels, upright as it was taken. A large picture is reduced on the way: JPEG
/// and WebP by Skia while it is decoded, others row by row.
/// </summary>
internal static class PictureDecoder
{
    /// <summary>More pixels along the longer side than this show nothing more of a digit.</summary>
    public const int EnoughPixels = 1024;

    /// <summary>Skia takes the nearest of the sizes that JPEG allows, which must not be too small.</summary>
    private const double Reserve = 1.2;

    /// <summary>How bright the colours are to the eye (ITU-R BT.709).</summary>
    private const float RedShare = 0.2126f;
    private const float GreenShare = 0.7152f;
    private const float BlueShare = 0.0722f;

    private const int BytesPerPixel = 4;
    private const int Alpha = 3;

    /// <summary>Decodes a PNG, JPEG, GIF, BMP or WebP file; of an animation the first picture.</summary>
    /// <exception cref="InvalidDataException">It cannot be decoded, is damaged or incomplete, or exceeds a limit.</exception>
    public static DecodedPicture Decode(byte[] file, DigitReaderOptions options)
    {
        // A copy for Skia would take as much memory as the file once more.
        var pinned = GCHandle.Alloc(file, GCHandleType.Pinned);
        try
        {
            using var data = SKData.Create(pinned.AddrOfPinnedObject(), file.Length);
            return Decode(data, file, options);
        }
        finally
        {
            pinned.Free();
        }
    }

    private static DecodedPicture Decode(SKData data, byte[] file, DigitReaderOptions options)
    {
        using var codec = file.Length == 0 ? null : SKCodec.Create(data);
        if (codec is null || codec.Info.Width <= 0 || codec.Info.Height <= 0)
        {
            throw new InvalidDataException(PictureFormat.Refusal(file));
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        PictureLimits.EnsureWithin(options, width, height, codec.EncodedFormat is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Webp);
        var scale = Math.Min(Reserve * EnoughPixels / Math.Max(width, height), 1);
        var size = scale < 1 ? codec.GetScaledDimensions((float)scale) : codec.Info.Size;
        using var picture = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Bgra8888, SKAlphaType.Unpremul));
        switch (codec.GetPixels(picture.Info, picture.GetPixels()))
        {
            case SKCodecResult.Success:
                break;
            case SKCodecResult.IncompleteInput:
                throw new InvalidDataException("it is incomplete, since its file ends before its last row; copy or download it again");
            default:
                throw new InvalidDataException(PictureFormat.Refusal(file));
        }

        var brightness = Reduce(picture);
        var origin = codec.EncodedFormat == SKEncodedImageFormat.Png ? PngOrientation.Of(file) : codec.EncodedOrigin;
        var isTurned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom
            or SKEncodedOrigin.LeftBottom;
        return new DecodedPicture(
            PictureOrientation.Apply(brightness, origin), isTurned ? height : width, isTurned ? width : height);
    }

    /// <summary>
    /// The mean brightness of squares of pixels. Transparent pixels become paper: white, or black if the drawing is light.
    /// </summary>
    private static GreyImage Reduce(SKBitmap picture)
    {
        var block = Math.Max(Math.Max(picture.Width, picture.Height) / EnoughPixels, 1);
        var (width, height) = ((picture.Width + block - 1) / block, (picture.Height + block - 1) / block);
        var (light, opacity, count) = (new GreyImage(width, height), new GreyImage(width, height), new GreyImage(width, height));
        var pixels = picture.GetPixelSpan();
        for (var y = 0; y < picture.Height; y++)
        {
            var source = pixels.Slice(y * picture.RowBytes, picture.Width * BytesPerPixel);
            AddRow(source, block, light.RowAt(y / block), opacity.RowAt(y / block), count.RowAt(y / block));
        }

        var (allLight, allOpacity) = (light.Values.Sum(value => (double)value), opacity.Values.Sum(value => (double)value));
        var paper = allLight > allOpacity / 2 ? 0f : 1f;
        for (var i = 0; i < light.Values.Length; i++)
        {
            light.Values[i] = (light.Values[i] + ((count.Values[i] - opacity.Values[i]) * paper)) / count.Values[i];
        }

        return light;
    }

    /// <summary>Adds a row of pixels to the squares that it crosses.</summary>
    private static void AddRow(ReadOnlySpan<byte> pixels, int block, Span<float> light, Span<float> opacity, Span<float> count)
    {
        for (var (square, x) = (0, 0); square < light.Length; square++)
        {
            var end = Math.Min((square + 1) * block * BytesPerPixel, pixels.Length);
            count[square] += (end - x) / BytesPerPixel;
            for (; x < end; x += BytesPerPixel)
            {
                var share = pixels[x + Alpha] == byte.MaxValue ? 1 : pixels[x + Alpha] / (float)byte.MaxValue;
                light[square] += share
                    * ((BlueShare * pixels[x]) + (GreenShare * pixels[x + 1]) + (RedShare * pixels[x + 2])) / byte.MaxValue;
                opacity[square] += share;
            }
        }
    }
}
