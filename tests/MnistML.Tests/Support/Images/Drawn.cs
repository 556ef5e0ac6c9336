using SkiaSharp;

namespace MnistML.Tests.Support;

/// <summary>Pictures drawn with SkiaSharp, by other means than the library's own digits.</summary>
internal static class Drawn
{
    /// <summary>Draws a text of one font and gives the picture's file.</summary>
    public static byte[] Text(
        string text, int width = 200, int height = 200, float size = 120, SKColor? paper = null, SKColor? ink = null, float degrees = 0,
        float x = 0.5f, float y = 0.5f, bool asJpeg = false)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Unpremul));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(paper ?? SKColors.White);
            using var font = SKTypeface.FromStream(
                typeof(MnistML.Samples.Plots.ImageSheet).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!);
            using var paint = new SKPaint { Typeface = font, TextSize = size, Color = ink ?? SKColors.Black, IsAntialias = true };
            var bounds = default(SKRect);
            paint.MeasureText(text, ref bounds);
            canvas.Translate(width * x, height * y);
            canvas.RotateDegrees(degrees);
            canvas.DrawText(text, -bounds.MidX, -bounds.MidY, paint);
        }

        using var file = bitmap.Encode(asJpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, quality: 70);
        return file.ToArray();
    }

    /// <summary>A JPEG whose file says that the camera was held in a way (the EXIF tag 0x0112).</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif = [.. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>Turns a picture a quarter to the right.</summary>
    public static byte[] Turned(byte[] file)
    {
        using var picture = SKBitmap.Decode(file);
        using var turned = new SKBitmap(picture.Height, picture.Width);
        using (var canvas = new SKCanvas(turned))
        {
            canvas.Translate(picture.Height, 0);
            canvas.RotateDegrees(90);
            canvas.DrawBitmap(picture, 0, 0);
        }

        using var jpeg = turned.Encode(SKEncodedImageFormat.Jpeg, quality: 95);
        return jpeg.ToArray();
    }
}
