using SkiaSharp;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>
/// Pictures of six kinds of things, harder than those that the sample draws: on a background with clutter, turned, of any size and place,
/// light on dark or dark on light, filled or as an outline, some behind a bar.
/// </summary>
internal static class DrawnThings
{
    private static readonly (string Name, Action<SKPath> Draw)[] Kinds =
    [
        ("cars", DrawCar), ("cups", DrawCup), ("fish", DrawFish), ("houses", DrawHouse), ("keys", DrawKey), ("trees", DrawTree),
    ];

    public static int KindCount => Kinds.Length;

    /// <summary>Draws pictures, the kinds in turn.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Another seed draws other pictures.</param>
    public static IEnumerable<DrawnPicture> Draw(int count, int seed)
    {
        for (var i = 0; i < count; i++)
        {
            var random = new Random(SeedOf(seed, i));
            var (name, draw) = Kinds[i % Kinds.Length];
            using var bitmap = new SKBitmap(random.Next(90, 640), random.Next(90, 640));
            using var canvas = new SKCanvas(bitmap);
            var isLight = random.Next(2) == 0;
            Clutter.DrawBackground(canvas, bitmap.Width, bitmap.Height, isLight, random);
            DrawThing(canvas, bitmap, draw, isLight, random);
            if (random.Next(5) == 0)
            {
                Clutter.DrawBar(canvas, bitmap.Width, bitmap.Height, random);
            }

            yield return DrawnPicture.Encode($"{i:D5}", name, bitmap, random);
        }
    }

    private static int SeedOf(int seed, int i) => unchecked((seed * 1_000_003) + i);

    private static void DrawThing(SKCanvas canvas, SKBitmap bitmap, Action<SKPath> draw, bool isLight, Random random)
    {
        var size = Math.Min(bitmap.Width, bitmap.Height) * (0.5f + (0.45f * random.NextSingle()));
        using var path = new SKPath { FillType = SKPathFillType.EvenOdd };
        draw(path);
        using var paint = new SKPaint
        {
            IsAntialias = true,
            Color = Clutter.Color(random, isLight ? 0 : 170, isLight ? 90 : 256),
            Style = random.Next(3) == 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill,
            StrokeWidth = 4,
        };
        canvas.Translate(
            (size / 2) + (random.NextSingle() * (bitmap.Width - size)), (size / 2) + (random.NextSingle() * (bitmap.Height - size)));
        canvas.RotateDegrees(random.Next(-25, 26));
        canvas.Scale(random.Next(2) == 0 ? -size / 100 : size / 100, size / 100);
        canvas.Translate(-50, -50);
        canvas.DrawPath(path, paint);
        canvas.ResetMatrix();
    }

    private static void DrawCar(SKPath path)
    {
        path.AddPoly([new(5, 65), new(8, 48), new(28, 45), new(40, 28), new(70, 28), new(82, 45), new(95, 50), new(95, 65)], close: true);
        path.AddCircle(25, 66, 10);
        path.AddCircle(75, 66, 10);
        path.AddRect(new SKRect(44, 33, 66, 44));
    }

    private static void DrawCup(SKPath path)
    {
        path.AddPoly([new(20, 25), new(70, 25), new(64, 82), new(26, 82)], close: true);
        path.AddOval(new SKRect(64, 32, 92, 64));
        path.AddOval(new SKRect(70, 38, 85, 58));
        path.AddRect(new SKRect(12, 86, 80, 90));
    }

    private static void DrawFish(SKPath path)
    {
        path.AddOval(new SKRect(8, 32, 72, 68));
        path.AddPoly([new(70, 50), new(94, 30), new(88, 50), new(94, 70)], close: true);
        path.AddCircle(22, 46, 4);
        path.AddPoly([new(36, 33), new(48, 20), new(56, 34)], close: true);
    }

    private static void DrawHouse(SKPath path)
    {
        path.AddRect(new SKRect(20, 45, 80, 90));
        path.AddPoly([new(12, 44), new(50, 12), new(88, 44)], close: true);
        path.AddRect(new SKRect(43, 64, 57, 90));
        path.AddRect(new SKRect(26, 52, 38, 63));
        path.AddRect(new SKRect(62, 52, 74, 63));
    }

    private static void DrawKey(SKPath path)
    {
        path.AddCircle(26, 50, 18);
        path.AddCircle(26, 50, 9);
        path.AddRect(new SKRect(44, 46, 94, 54));
        path.AddRect(new SKRect(72, 54, 78, 66));
        path.AddRect(new SKRect(84, 54, 90, 70));
    }

    private static void DrawTree(SKPath path)
    {
        path.AddRect(new SKRect(45, 78, 55, 96));
        path.AddPoly([new(50, 5), new(70, 32), new(30, 32)], close: true);
        path.AddPoly([new(50, 26), new(78, 56), new(22, 56)], close: true);
        path.AddPoly([new(50, 46), new(88, 80), new(12, 80)], close: true);
    }
}
