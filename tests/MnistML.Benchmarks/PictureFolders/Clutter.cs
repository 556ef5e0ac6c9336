using SkiaSharp;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>What is in a picture beside what it shows.</summary>
internal static class Clutter
{
    public static SKColor Color(Random random, int from, int to, byte alpha = byte.MaxValue) =>
        new((byte)random.Next(from, to), (byte)random.Next(from, to), (byte)random.Next(from, to), alpha);

    /// <summary>A gradient with faint strokes and blots on it.</summary>
    public static void DrawBackground(SKCanvas canvas, int width, int height, bool isLight, Random random)
    {
        var (from, to) = isLight ? (150, 256) : (0, 100);
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0),
            new SKPoint(width, height),
            [Color(random, from, to), Color(random, from, to)],
            SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader, IsAntialias = true };
        canvas.DrawRect(0, 0, width, height, paint);
        paint.Shader = null;
        for (var i = random.Next(6, 16); i > 0; i--)
        {
            paint.Color = Color(random, 0, 256, alpha: (byte)random.Next(20, 90));
            var (x, y, size) = (random.Next(width), random.Next(height), random.Next(5, 1 + Math.Max(6, Math.Min(width, height) / 4)));
            if (i % 2 == 0)
            {
                canvas.DrawOval(x, y, size, random.Next(3, size + 1), paint);
            }
            else
            {
                paint.StrokeWidth = random.Next(1, 6);
                canvas.DrawLine(x, y, random.Next(width), random.Next(height), paint);
            }
        }
    }

    /// <summary>A bar from side to side, in front of what was drawn.</summary>
    public static void DrawBar(SKCanvas canvas, int width, int height, Random random)
    {
        using var paint = new SKPaint { Color = Color(random, 0, 256), StrokeWidth = Math.Min(width, height) / 12f, IsAntialias = true };
        canvas.DrawLine(0, random.Next(height), width, random.Next(height), paint);
    }
}
