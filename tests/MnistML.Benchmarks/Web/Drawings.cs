using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Benchmarks.Web;

/// <summary>The digits of the tests' hands as pictures, as the page sends them.</summary>
internal static class Drawings
{
    private const int Side = 280;
    private const float PenWidth = 18;

    public static IReadOnlyList<byte[]> All { get; } = [.. HandwrittenDigits.Hands.SelectMany(hand => hand).Select(Draw)];

    private static byte[] Draw(string strokes)
    {
        using var bitmap = new SKBitmap(Side, Side);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using var paint = new SKPaint
        {
            Color = SKColors.Black,
            StrokeWidth = PenWidth,
            Style = SKPaintStyle.Stroke,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            IsAntialias = true,
        };
        foreach (var stroke in HandwrittenDigits.Parse(strokes))
        {
            using var path = new SKPath();
            path.AddPoly([.. stroke.Select(point => new SKPoint((float)point.X * Side / 100, (float)point.Y * Side / 100))], close: false);
            canvas.DrawPath(path, paint);
        }

        using var file = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }
}
