using MnistML.Samples.Data;
using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>Writes pictures, as SVG or PNG by the file's ending.</summary>
internal static class PictureFile
{
    private const int BestQuality = 100;

    /// <summary>Throws for a path whose ending is neither .png nor .svg; better before the work than after it.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void EnsureSupported(string path)
    {
        if (!IsSvg(path) && !HasEnding(path, ".png"))
        {
            throw new ArgumentException($"'{path}' is to be a picture, but its name ends neither in .png nor in .svg; choose one of them.");
        }
    }

    /// <summary>Draws a picture on white and writes it. It appears under its name only when it is whole; its folder is made.</summary>
    /// <param name="path">A path that ends in .png or .svg.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="draw">What draws it.</param>
    public static void Write(string path, int width, int height, Action<SKCanvas> draw)
    {
        EnsureSupported(path);
        OutputFile.Write(path, temporaryPath =>
        {
            using var file = File.Create(temporaryPath);
            if (IsSvg(path))
            {
                WriteSvg(file, width, height, draw);
            }
            else
            {
                WritePng(file, width, height, draw);
            }
        });
    }

    private static void WriteSvg(Stream file, int width, int height, Action<SKCanvas> draw)
    {
        using var canvas = SKSvgCanvas.Create(SKRect.Create(width, height), file);
        Draw(canvas, width, height, draw);
    }

    private static void WritePng(Stream file, int width, int height, Action<SKCanvas> draw)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            Draw(canvas, width, height, draw);
        }

        using var png = bitmap.Encode(SKEncodedImageFormat.Png, BestQuality);
        png.SaveTo(file);
    }

    private static void Draw(SKCanvas canvas, int width, int height, Action<SKCanvas> draw)
    {
        using var white = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, width, height, white);
        draw(canvas);
    }

    private static bool IsSvg(string path) => HasEnding(path, ".svg");

    private static bool HasEnding(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
