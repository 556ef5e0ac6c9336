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

    /// <summary>The same picture as a file of another kind, by its ending; without one it stays as it is.</summary>
    public static byte[] InTheFormOf(string ending, byte[] file)
    {
        using var picture = SKBitmap.Decode(file);
        switch (ending.ToLowerInvariant())
        {
            case ".bmp":
                return Bmp(picture);
            case ".gif":
                return Gif(picture);
            case ".jpg" or ".jpeg" or ".webp":
                using (var encoded = picture.Encode(ending == ".webp" ? SKEncodedImageFormat.Webp : SKEncodedImageFormat.Jpeg, quality: 95))
                {
                    return encoded.ToArray();
                }

            default:
                return file;
        }
    }

    /// <summary>32 bits to a pixel, the lowest row first.</summary>
    private static byte[] Bmp(SKBitmap picture)
    {
        const int HeaderLength = 54;
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("BM"u8);
        var length = HeaderLength + (4 * picture.Width * picture.Height);
        foreach (var field in (int[])[length, 0, HeaderLength, 40, picture.Width, picture.Height])
        {
            writer.Write(field);
        }

        writer.Write([1, 0, 32, 0, .. new byte[24]]);
        foreach (var pixel in picture.Pixels.Chunk(picture.Width).Reverse().SelectMany(row => row))
        {
            writer.Write((uint)pixel);
        }

        return file.ToArray();
    }

    /// <summary>128 greys without compression: the table of its codes is cleared before codes would grow beyond a byte.</summary>
    private static byte[] Gif(SKBitmap picture)
    {
        const byte Clear = 128;
        const byte End = 129;
        byte[] size = [(byte)picture.Width, (byte)(picture.Width >> 8), (byte)picture.Height, (byte)(picture.Height >> 8)];
        byte[] codes = [.. picture.Pixels.Select(pixel => (byte)(pixel.Red / 2)).Chunk(100).SelectMany(part => part.Prepend(Clear)), End];
        return
        [
            .. "GIF89a"u8, .. size, 0xF6, 0, 0,
            .. Enumerable.Range(0, Clear).SelectMany(grey => Enumerable.Repeat((byte)(2 * grey), 3)),
            (byte)',', 0, 0, 0, 0, .. size, 0, 7,
            .. codes.Chunk(byte.MaxValue).SelectMany(block => block.Prepend((byte)block.Length)), 0, (byte)';',
        ];
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
