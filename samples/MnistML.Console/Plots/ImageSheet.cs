using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>A small image on a sheet, and the lines below it.</summary>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Colors">The colours of its pixels, row by row.</param>
/// <param name="Caption">The lines below it.</param>
internal sealed record SheetImage(int Height, SKColor[] Colors, params string[] Caption)
{
    public int Width => Colors.Length / Height;

    /// <summary>An image of ink on paper: 0 is white, 1 is black.</summary>
    public static SheetImage OfInk(int height, ReadOnlySpan<float> ink, params string[] caption)
    {
        var colors = new SKColor[ink.Length];
        for (var i = 0; i < ink.Length; i++)
        {
            var grey = (byte)Math.Round(byte.MaxValue * (1 - Math.Clamp(ink[i], 0, 1)));
            colors[i] = new SKColor(grey, grey, grey);
        }

        return new SheetImage(height, colors, caption);
    }
}

/// <summary>A sheet of small images in rows, each with its caption.</summary>
internal static class ImageSheet
{
    private const float TitleSize = 16;
    private const float TextSize = 13;
    private const float LineHeight = 17;
    private const float Margin = 16;
    private const float Gap = 10;

    /// <summary>The sides of images on the sheet: MNIST's are enlarged three times.</summary>
    private const int MaxSide = 84;

    private const int MaxColumns = 10;

    private static readonly SKColor Frame = new(0xC0, 0xC0, 0xC0);

    /// <summary>Writes a sheet, as SVG or PNG by the path's ending.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="images">The images, at least one, all of one size.</param>
    public static void Write(string path, string title, IReadOnlyList<SheetImage> images)
    {
        var columns = Math.Min(images.Count, MaxColumns);
        var rows = (images.Count + columns - 1) / columns;
        var size = SizeOnSheet(images[0]);
        var cellWidth = Math.Max(size.Width, MaxSide);
        var cellHeight = size.Height + (images.Max(image => image.Caption.Length) * LineHeight) + Gap;
        var width = Math.Max(
            (2 * Margin) + (columns * cellWidth) + ((columns - 1) * Gap), (MaxColumns / 2 * (MaxSide + Gap)) + (2 * Margin));
        var titleLines = PlotFont.Wrap(title, TitleSize, width - (2 * Margin)).Split('\n');
        var top = Margin + (titleLines.Length * (TitleSize + 6)) + 6;

        PictureFile.Write(path, (int)width, (int)(top + (rows * cellHeight) + Margin - Gap), canvas =>
        {
            foreach (var (index, line) in titleLines.Index())
            {
                PlotFont.Draw(canvas, line, Margin, Margin + (index * (TitleSize + 6)) + TitleSize - 2, TitleSize, SKColors.Black);
            }

            foreach (var (index, image) in images.Index())
            {
                var centre = Margin + (index % columns * (cellWidth + Gap)) + (cellWidth / 2);
                var imageTop = top + (index / columns * cellHeight);
                DrawImage(canvas, image, SKRect.Create(MathF.Round(centre - (size.Width / 2)), imageTop, size.Width, size.Height));
                foreach (var (number, line) in image.Caption.Index())
                {
                    PlotFont.Draw(
                        canvas, PlotFont.Fit(line, TextSize, cellWidth), centre, imageTop + size.Height + ((number + 1) * LineHeight) - 2,
                        TextSize, SKColors.Black, SKTextAlign.Center);
                }
            }
        });
    }

    /// <summary>A whole multiple of the image where there is one, so that all its pixels are of one size.</summary>
    private static SKSize SizeOnSheet(SheetImage image)
    {
        var side = Math.Max(image.Width, image.Height);
        var scale = side <= MaxSide ? MaxSide / side : (float)MaxSide / side;
        return new SKSize(MathF.Round(image.Width * scale), MathF.Round(image.Height * scale));
    }

    private static void DrawImage(SKCanvas canvas, SheetImage image, SKRect place)
    {
        using var bitmap = new SKBitmap(image.Width, image.Height);
        bitmap.Pixels = image.Colors;
        using var enlarged = bitmap.Resize(
            new SKImageInfo((int)place.Width, (int)place.Height), image.Width > place.Width ? SKFilterQuality.High : SKFilterQuality.None);
        canvas.DrawBitmap(enlarged, place.Left, place.Top);
        using var frame = new SKPaint { Color = Frame, Style = SKPaintStyle.Stroke };
        canvas.DrawRect(SKRect.Inflate(place, 0.5f, 0.5f), frame);
    }
}
