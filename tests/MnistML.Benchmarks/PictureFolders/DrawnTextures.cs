using SkiaSharp;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>
/// Pictures of four textures, of any colours, scale and direction; every eighth of a kind of an odd size, from one pixel to twelve million,
/// grey or partly transparent. Names of folders and files have blanks and letters beyond ASCII.
/// </summary>
internal static class DrawnTextures
{
    private const int OddShare = 8;

    private static readonly (string Name, Action<SKCanvas, SKPaint, float, float> Draw)[] Kinds =
        [("Punkte", DrawDots), ("bandes étroites", DrawStripes), ("wavy lines", DrawWaves), ("格子", DrawChecks)];

    private static readonly SKSizeI[] OddSizes =
        [new(3000, 40), new(17, 1023), new(4000, 3000), new(500, 9), new(1, 1), new(31, 33), new(1, 700), new(2500, 2500)];

    public static int KindCount => Kinds.Length;

    /// <summary>Draws pictures, the kinds in turn.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Another seed draws other pictures.</param>
    /// <param name="withOddSizes">Whether every eighth of a kind is of an odd size.</param>
    public static IEnumerable<DrawnPicture> Draw(int count, int seed, bool withOddSizes = true)
    {
        var odd = 0;
        for (var i = 0; i < count; i++)
        {
            var random = new Random(unchecked((seed * 1_000_003) + i));
            var (name, draw) = Kinds[i % Kinds.Length];
            var isOdd = withOddSizes && i / Kinds.Length % OddShare == OddShare - 1;
            var size = isOdd ? OddSizes[odd++ % OddSizes.Length] : new SKSizeI(random.Next(100, 500), random.Next(100, 500));
            var info = new SKImageInfo(size.Width, size.Height, isOdd && odd % 3 == 0 ? SKColorType.Gray8 : SKColorType.Rgba8888);
            using var bitmap = new SKBitmap(info);
            using var canvas = new SKCanvas(bitmap);
            var isLight = random.Next(2) == 0;
            if (!isOdd || odd % 2 == 0)
            {
                canvas.Clear(Clutter.Color(random, isLight ? 160 : 0, isLight ? 256 : 90));
            }

            using var paint = new SKPaint
            {
                IsAntialias = true,
                Color = Clutter.Color(random, isLight ? 0 : 150, isLight ? 110 : 256),
                Style = SKPaintStyle.Fill,
            };
            var extent = MathF.Sqrt((size.Width * size.Width) + (size.Height * size.Height));
            canvas.Translate(size.Width / 2f, size.Height / 2f);
            canvas.RotateDegrees(random.Next(360));
            draw(canvas, paint, extent / 2, extent / random.Next(12, 30));
            yield return DrawnPicture.Encode($"{i:D5} é", name, bitmap, random);
        }
    }

    private static void DrawDots(SKCanvas canvas, SKPaint paint, float extent, float step) => OnGrid(
        extent, step, (x, y, _) => canvas.DrawCircle(x, y, step * 0.32f, paint));

    private static void DrawChecks(SKCanvas canvas, SKPaint paint, float extent, float step) => OnGrid(
        extent,
        step,
        (x, y, isEven) =>
        {
            if (isEven)
            {
                canvas.DrawRect(x, y, step, step, paint);
            }
        });

    private static void DrawStripes(SKCanvas canvas, SKPaint paint, float extent, float step)
    {
        for (var x = -extent; x < extent; x += step)
        {
            canvas.DrawRect(x, -extent, step / 2, 2 * extent, paint);
        }
    }

    private static void DrawWaves(SKCanvas canvas, SKPaint paint, float extent, float step)
    {
        (paint.Style, paint.StrokeWidth) = (SKPaintStyle.Stroke, step / 3);
        for (var y = -extent; y < extent; y += step)
        {
            using var path = new SKPath();
            path.MoveTo(-extent, y);
            for (var x = -extent; x < extent; x += step / 4)
            {
                path.LineTo(x, y + (step * 0.5f * MathF.Sin(x / step * 1.6f)));
            }

            canvas.DrawPath(path, paint);
        }
    }

    private static void OnGrid(float extent, float step, Action<float, float, bool> draw)
    {
        var count = (int)(2 * extent / step) + 1;
        for (var cell = 0; cell < count * count; cell++)
        {
            var (column, row) = (cell % count, cell / count);
            draw((column * step) - extent, (row * step) - extent, (column + row) % 2 == 0);
        }
    }
}
