using MnistML.Common;
using SkiaSharp;

namespace MnistML.Samples.Pictures.Drawing;

/// <summary>A held-out picture, with what it is and what was predicted.</summary>
internal sealed record Mistake(string Path, string Label, string Predicted, float Probability);

/// <summary>A sheet of pictures that were predicted wrongly, the surest mistakes first.</summary>
internal static class MistakeSheet
{
    private const int Columns = 5;
    private const int MaxPictures = 50;
    private const int Side = 180; // pixels
    private const int Gap = 10;
    private const int LineHeight = 18;
    private const int CellWidth = Side + (2 * Gap);
    private const int CellHeight = Side + (2 * LineHeight) + (3 * Gap);

    /// <summary>Draws the sheet as PNG. Without mistakes it says so.</summary>
    public static void Write(string path, IReadOnlyList<Mistake> mistakes)
    {
        Mistake[] shown = [.. mistakes.OrderByDescending(mistake => mistake.Probability).Take(MaxPictures)];
        var rows = Math.Max(1, (shown.Length + Columns - 1) / Columns);
        using var bitmap = new SKBitmap(Columns * CellWidth, rows * CellHeight);
        using var canvas = new SKCanvas(bitmap);
        using var font = SKTypeface.FromStream(typeof(MistakeSheet).Assembly.GetManifestResourceStream("DejaVuSans.ttf"));
        using var paint = new SKPaint { Typeface = font, TextSize = LineHeight - 4, IsAntialias = true, Color = SKColors.Black };
        canvas.Clear(SKColors.White);
        if (shown.Length == 0)
        {
            canvas.DrawText("No held-out picture was predicted wrongly.", Gap, CellHeight / 2, paint);
        }

        for (var i = 0; i < shown.Length; i++)
        {
            Draw(canvas, paint, shown[i], i % Columns * CellWidth, i / Columns * CellHeight);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 90);
        AtomicFile.Write(path, data.SaveTo);
    }

    private static void Draw(SKCanvas canvas, SKPaint paint, Mistake mistake, int x, int y)
    {
        using var picture = SKBitmap.Decode(mistake.Path);
        if (picture is not null)
        {
            var scale = (float)Side / Math.Max(picture.Width, picture.Height);
            var (width, height) = (picture.Width * scale, picture.Height * scale);
            using var smooth = new SKPaint { FilterQuality = SKFilterQuality.Medium };
            var (left, top) = (x + Gap + ((Side - width) / 2), y + Gap + ((Side - height) / 2));
            canvas.DrawBitmap(picture, new SKRect(left, top, left + width, top + height), smooth);
        }

        canvas.Save();
        canvas.ClipRect(new SKRect(x + Gap, y, x + CellWidth - 4, y + CellHeight));
        canvas.DrawText($"is {mistake.Label}", x + Gap, y + Side + Gap + LineHeight, paint);
        canvas.DrawText(
            $"predicted {mistake.Predicted}, {mistake.Probability:P0}", x + Gap, y + Side + Gap + (2 * LineHeight), paint);
        canvas.Restore();
    }
}
