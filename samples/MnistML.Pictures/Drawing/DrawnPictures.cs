using SkiaSharp;

namespace MnistML.Samples.Pictures.Drawing;

/// <summary>Pictures of three kinds, drawn by the program: discs, bars and stars, of any colour and place, on any colour.</summary>
internal static class DrawnPictures
{
    private static readonly (string Name, Action<SKCanvas, SKPaint, Random> Draw)[] Kinds =
        [("bars", DrawBars), ("discs", DrawDiscs), ("stars", DrawStars)];

    /// <summary>Draws pictures, in a subfolder for each kind.</summary>
    public static void Write(string folder, int countOfKind, int seed)
    {
        var random = new Random(seed);
        foreach (var (name, draw) in Kinds)
        {
            var subfolder = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
            for (var i = 0; i < countOfKind; i++)
            {
                var (width, height) = (random.Next(120, 360), random.Next(120, 360));
                using var bitmap = new SKBitmap(width, height);
                using var canvas = new SKCanvas(bitmap);
                canvas.Clear(Color(random, from: 150, to: 256));
                using var paint = new SKPaint { IsAntialias = true, Color = Color(random, from: 0, to: 140) };
                canvas.Scale(width / 100f, height / 100f);
                draw(canvas, paint, random);
                using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 90);
                File.WriteAllBytes(Path.Combine(subfolder, $"{i:D4}.png"), data.ToArray());
            }
        }
    }

    private static SKColor Color(Random random, int from, int to) =>
        new((byte)random.Next(from, to), (byte)random.Next(from, to), (byte)random.Next(from, to));

    private static void DrawDiscs(SKCanvas canvas, SKPaint paint, Random random)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            canvas.DrawCircle(random.Next(25, 75), random.Next(25, 75), random.Next(12, 25), paint);
        }
    }

    private static void DrawBars(SKCanvas canvas, SKPaint paint, Random random)
    {
        canvas.RotateDegrees(random.Next(-30, 30), px: 50, py: 50);
        for (var i = random.Next(2, 5); i > 0; i--)
        {
            canvas.DrawRect(random.Next(5, 80), random.Next(5, 20), random.Next(5, 12), random.Next(60, 80), paint);
        }
    }

    private static void DrawStars(SKCanvas canvas, SKPaint paint, Random random)
    {
        const int Points = 5;
        for (var star = random.Next(1, 4); star > 0; star--)
        {
            var (x, y, radius, turn) = (random.Next(25, 75), random.Next(25, 75), random.Next(15, 28), random.NextSingle() * 6);
            using var path = new SKPath();
            for (var i = 0; i < 2 * Points; i++)
            {
                var (angle, distance) = (turn + (i * MathF.PI / Points), i % 2 == 0 ? radius : radius * 0.4f);
                var point = new SKPoint(x + (distance * MathF.Cos(angle)), y + (distance * MathF.Sin(angle)));
                if (i == 0)
                {
                    path.MoveTo(point);
                }
                else
                {
                    path.LineTo(point);
                }
            }

            path.Close();
            canvas.DrawPath(path, paint);
        }
    }
}
