using MnistML.Common;
using SkiaSharp;

namespace MnistML.Tests.Support;

/// <summary>Composes pictures that no answer is right for. Each is a function of its kind, its digit and its seed.</summary>
internal static class NonDigitComposer
{
    private const int Side = 400;

    /// <summary>Capitals as lines between points of a square of 2 × 2: columns and rows from 0 to 2.</summary>
    private static readonly string[] Letters =
    [
        "02 10 22|01 21", "20 00 02 22|01 11", "20 00 02|01 11", "00 02|20 22|01 21", "00 02|20 01 22", "02 00 11 20 22", "02 00 22 20",
        "00 22|20 02", "00 20|10 12", "00 02 12 22 20", "00 11 20|11 12", "00 01 12 21 20|11 10", "02 00 20 21 01 22",
    ];

    /// <summary>Composes a picture.</summary>
    /// <param name="kind">What is in it.</param>
    /// <param name="digit">What <see cref="NonDigitKind.TwoPieces"/> is made of.</param>
    /// <param name="seed">Equal seeds give equal pictures.</param>
    /// <returns>The bytes of a JPEG file.</returns>
    public static byte[] Compose(NonDigitKind kind, HandwrittenDigit digit, ulong seed)
    {
        var random = new SplitMix64(SplitMix64.Hash(seed) ^ ((ulong)kind << 32));
        using var picture = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        canvas.Clear(new SKColor(236, 235, 230));
        using var pen = new SKPaint
        {
            Color = new SKColor(30, 30, 60),
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            StrokeWidth = 8 + random.NextBelow(14),
        };
        var size = Side * (float)(0.35 + (0.3 * random.NextDouble()));
        canvas.Translate((Side - size) / 2, (Side - size) / 2);
        Draw(canvas, pen, kind, digit, size, ref random);
        canvas.Flush();
        using var file = picture.Encode(SKEncodedImageFormat.Jpeg, quality: 75 + random.NextBelow(20));
        return file.ToArray();
    }

    private static void Draw(
        SKCanvas canvas, SKPaint pen, NonDigitKind kind, HandwrittenDigit digit, float size, ref SplitMix64 random)
    {
        switch (kind)
        {
            case NonDigitKind.Scribble:
                DrawScribble(canvas, pen, size, ref random);
                break;
            case NonDigitKind.Letter:
                DrawLetter(canvas, pen, 0, size, ref random);
                break;
            case NonDigitKind.Frame:
                canvas.DrawRect(0, 0, size, size * (float)(0.6 + (0.8 * random.NextDouble())), pen);
                break;
            case NonDigitKind.Grid:
                DrawGrid(canvas, pen, size, ref random);
                break;
            case NonDigitKind.TwoPieces:
                using (var mask = digit.ToMask(pen.Color))
                using (var paint = new SKPaint { FilterQuality = SKFilterQuality.High })
                {
                    var scale = size / digit.Box.Height;
                    var (left, top) = (-scale * digit.Box.Right, -scale * digit.Box.Top);
                    canvas.DrawBitmap(mask, SKRect.Create(left, top, scale * mask.Width, scale * mask.Height), paint);
                }

                DrawLetter(canvas, pen, 0, size, ref random);
                break;
            case NonDigitKind.Noise:
                DrawNoise(canvas, pen, size, ref random);
                break;
            default:
                DrawSpots(canvas, pen, size, ref random);
                break;
        }
    }

    private static void DrawScribble(SKCanvas canvas, SKPaint pen, float size, ref SplitMix64 random)
    {
        using var path = new SKPath();
        path.MoveTo(Point(ref random));
        for (var turns = 3 + random.NextBelow(4); turns > 0; turns--)
        {
            path.CubicTo(Point(ref random), Point(ref random), Point(ref random));
        }

        canvas.DrawPath(path, pen);

        SKPoint Point(ref SplitMix64 random) => new(size * (float)random.NextDouble(), size * (float)random.NextDouble());
    }

    private static void DrawLetter(SKCanvas canvas, SKPaint pen, float left, float size, ref SplitMix64 random)
    {
        foreach (var stroke in Letters[random.NextBelow(Letters.Length)].Split('|'))
        {
            using var path = new SKPath();
            var points = new List<SKPoint>();
            foreach (var point in stroke.Split(' '))
            {
                var (x, y) = ((point[0] - '0') / 2.0, (point[1] - '0') / 2.0);
                points.Add(new SKPoint(
                    left + (size * 0.8f * (float)(x + random.NextWithin(0.07))), size * (float)(y + random.NextWithin(0.07))));
            }

            path.AddPoly([.. points], close: false);
            canvas.DrawPath(path, pen);
        }
    }

    private static void DrawGrid(SKCanvas canvas, SKPaint pen, float size, ref SplitMix64 random)
    {
        var cells = 2 + random.NextBelow(3);
        for (var line = 0; line <= cells; line++)
        {
            var at = size * line / cells;
            canvas.DrawLine(0, at, size, at, pen);
            canvas.DrawLine(at, 0, at, size, pen);
        }
    }

    /// <summary>Cells of any brightness, from one pixel to an eighth of the size.</summary>
    private static void DrawNoise(SKCanvas canvas, SKPaint pen, float size, ref SplitMix64 random)
    {
        (pen.Style, pen.IsAntialias) = (SKPaintStyle.Fill, false);
        var cell = (float)Math.Round(Math.Pow(size / 8, random.NextDouble()));
        for (var y = 0f; y < size; y += cell)
        {
            for (var x = 0f; x < size; x += cell)
            {
                var grey = (byte)random.NextBelow(byte.MaxValue);
                pen.Color = new SKColor(grey, grey, grey);
                canvas.DrawRect(x, y, cell, cell, pen);
            }
        }
    }

    private static void DrawSpots(SKCanvas canvas, SKPaint pen, float size, ref SplitMix64 random)
    {
        pen.Style = SKPaintStyle.Fill;
        for (var spots = 4 + random.NextBelow(12); spots > 0; spots--)
        {
            var (x, y) = (size * (float)random.NextDouble(), size * (float)random.NextDouble());
            canvas.DrawCircle(x, y, size * (float)(0.03 + (0.12 * random.NextDouble())), pen);
        }
    }
}
