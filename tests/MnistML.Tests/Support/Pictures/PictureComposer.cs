using MnistML.Common;
using SkiaSharp;

namespace MnistML.Tests.Support;

/// <summary>
/// Composes pictures of real handwriting as people take them: the paper, what is printed on it, the ink, the light, the camera. Each is a
/// function of its digits and its seed.
/// </summary>
internal sealed class PictureComposer
{
    /// <summary>The most digits of a picture.</summary>
    public const int MaxSeveral = 5;

    private static readonly SKColor White = new(236, 235, 230);
    private static readonly SKColor Black = new(28, 28, 34);

    /// <summary>Inks of pens.</summary>
    private static readonly SKColor[] Pens = [Black, new(20, 40, 120), new(60, 60, 66), new(150, 20, 30), new(10, 90, 60)];

    /// <summary>Inks of ruling, from grey to as dark as a pen's.</summary>
    private static readonly SKColor[] Rulings =
        [new(150, 170, 200), new(120, 150, 210), new(190, 120, 130), new(110, 110, 110), new(70, 70, 75), new(150, 190, 150)];

    /// <summary>Ink and paper that differ in colour, and some light on dark.</summary>
    private static readonly (SKColor Ink, SKColor Paper)[] Pairs =
    [
        (new(20, 40, 140), new(240, 220, 90)), (new(170, 20, 30), new(250, 200, 210)), (new(240, 240, 235), new(30, 70, 50)),
        (new(250, 230, 90), new(30, 40, 110)), (new(90, 30, 110), new(180, 220, 170)), (new(200, 60, 20), new(230, 230, 240)),
        (new(255, 250, 240), new(60, 60, 60)), (new(20, 110, 50), new(250, 240, 215)),
    ];

    private static readonly SKColor[] Desks =
        [new(60, 58, 55), new(120, 85, 55), new(30, 30, 34), new(160, 130, 95), new(70, 90, 110), new(100, 40, 35), new(150, 150, 150)];

    private readonly PictureKind _kind;
    private SplitMix64 _random;

    private PictureComposer(PictureKind kind, ulong seed)
    {
        _kind = kind;
        _random = new SplitMix64(SplitMix64.Hash(seed) ^ (ulong)kind);
    }

    /// <summary>Composes a picture.</summary>
    /// <param name="kind">What it is like.</param>
    /// <param name="digits">The digits to take from; most kinds take the first alone.</param>
    /// <param name="seed">Equal seeds give equal pictures.</param>
    public static ComposedPicture Compose(PictureKind kind, IReadOnlyList<HandwrittenDigit> digits, ulong seed)
    {
        var composer = new PictureComposer(kind, seed);
        return kind is PictureKind.TightOnWhite or PictureKind.TightOnGrey or PictureKind.TightOnBlack
            ? composer.Tight(digits[0])
            : composer.Photograph(digits);
    }

    private ComposedPicture Tight(HandwrittenDigit digit)
    {
        var (ink, paper) = _kind switch
        {
            PictureKind.TightOnWhite => (SKColors.Black, SKColors.White),
            PictureKind.TightOnGrey => (SKColors.Black, new SKColor(128, 128, 128)),
            _ => (SKColors.White, SKColors.Black),
        };
        const int Enlarged = 8;
        var box = digit.Box;
        using var picture = new SKBitmap(box.Width * Enlarged, box.Height * Enlarged);
        using var canvas = new SKCanvas(picture);
        using var mask = digit.ToMask(ink);
        using var paint = new SKPaint { FilterQuality = SKFilterQuality.High };
        canvas.Clear(paper);
        canvas.Translate(-box.Left * Enlarged, -box.Top * Enlarged);
        canvas.DrawBitmap(mask, SKRect.Create(HandwrittenDigit.Side * Enlarged, HandwrittenDigit.Side * Enlarged), paint);
        canvas.Flush();
        using var file = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        return new ComposedPicture(_kind, file.ToArray(), [digit.Label]);
    }

    private ComposedPicture Photograph(IReadOnlyList<HandwrittenDigit> digits)
    {
        var (width, height) = _random.NextBelow(2) == 0 ? (600, 800) : (800, 600);
        var (ink, paper) = (Pens[_random.NextBelow(Pens.Length)], White);
        if (_kind == PictureKind.Colours)
        {
            (ink, paper) = Pairs[_random.NextBelow(Pairs.Length)];
        }
        else if (_kind is PictureKind.Pencil or PictureKind.PencilInShadow)
        {
            var grey = (byte)(130 + _random.NextBelow(40));
            ink = new SKColor(grey, grey, grey);
        }

        using var picture = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        var sheet = SKRect.Create(width, height);
        if (_kind == PictureKind.Desk)
        {
            DrawDesk(canvas, width, height);
            sheet.Inflate(-width * (float)(0.08 + (0.17 * _random.NextDouble())), -height * (float)(0.08 + (0.17 * _random.NextDouble())));
            canvas.RotateDegrees((float)_random.NextWithin(12), width / 2f, height / 2f);
        }
        else if (_kind == PictureKind.Tilted)
        {
            canvas.RotateDegrees((float)_random.NextWithin(20), width / 2f, height / 2f);
            sheet.Inflate(width, height);
        }

        using var fill = new SKPaint { Color = paper, IsAntialias = true };
        canvas.DrawRect(sheet, fill);
        var labels = DrawDigits(canvas, Written(digits), ink, sheet, width, height);
        canvas.Flush();
        return new ComposedPicture(_kind, Photo(picture, paper), labels);
    }

    private IReadOnlyList<HandwrittenDigit> Written(IReadOnlyList<HandwrittenDigit> digits) => _kind switch
    {
        PictureKind.Several => digits,
        PictureKind.Touching => [digits[0], digits[1]],
        _ => [digits[0]],
    };

    private void DrawDesk(SKCanvas canvas, int width, int height)
    {
        var desk = Desks[_random.NextBelow(Desks.Length)];
        canvas.Clear(desk);
        if (_random.NextBelow(2) == 0)
        {
            return;
        }

        // The grain of wood.
        const int Grains = 60;
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke };
        for (var grain = 0; grain < Grains; grain++)
        {
            var change = (int)_random.NextWithin(22);
            paint.Color = new SKColor(Changed(desk.Red, change), Changed(desk.Green, change), Changed(desk.Blue, change));
            paint.StrokeWidth = 2 + _random.NextBelow(9);
            var y = _random.NextBelow(height);
            canvas.DrawLine(0, y, width, y + (float)_random.NextWithin(30), paint);
        }
    }

    private List<int> DrawDigits(
        SKCanvas canvas, IReadOnlyList<HandwrittenDigit> digits, SKColor ink, SKRect sheet, int width, int height)
    {
        var count = _kind != PictureKind.Several ? digits.Count : Math.Min(2 + _random.NextBelow(MaxSeveral - 1), digits.Count);
        var room = Math.Min(Math.Min(sheet.Width, width), Math.Min(sheet.Height, height));
        var size = (float)(digits.Count == 1 ? room * (0.35 + (0.3 * _random.NextDouble())) : 1.2 * width / (count + 1));
        var left = (width / 2f) - (size * 0.75f * count / 2) + (float)_random.NextWithin(0.06 * room);
        var top = (height / 2f) - (size / 2) + (float)_random.NextWithin(0.06 * room);
        DrawPrint(canvas, sheet, SKRect.Create(left, top, size * 0.75f, size));
        var labels = new List<int>();
        using var paint = new SKPaint { FilterQuality = SKFilterQuality.High };
        for (var i = 0; i < count; i++)
        {
            var digit = digits[i];
            labels.Add(digit.Label);
            using var mask = digit.ToMask(ink);
            var scale = size / HandwrittenDigit.Side;
            var offset = _kind == PictureKind.Touching && i > 0
                ? (size * 0.75f * 0.5f) - (scale * digits[0].Box.MidX) + (scale * digits[0].OffsetOfTouching(digit))
                : (size * 0.75f * (i + 0.5f)) - (scale * digit.Box.MidX);
            canvas.Save();
            canvas.Translate(left + offset, top);
            canvas.DrawBitmap(mask, SKRect.Create(size, size), paint);
            canvas.Restore();
        }

        return labels;
    }

    /// <summary>What is printed on the paper, beneath the ink.</summary>
    private void DrawPrint(SKCanvas canvas, SKRect sheet, SKRect digit)
    {
        using var paint = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            Color = Rulings[_random.NextBelow(Rulings.Length)],
            StrokeWidth = 1.5f + (float)(2.5 * _random.NextDouble()),
        };
        if (_kind == PictureKind.Frame)
        {
            paint.StrokeWidth *= 1.5f;
            var frame = SKRect.Create(digit.MidX - (digit.Height / 2), digit.Top, digit.Height, digit.Height);
            var (across, along) = (0.1 + (0.2 * _random.NextDouble()), 0.05 + (0.2 * _random.NextDouble()));
            frame.Inflate(digit.Height * (float)across, digit.Height * (float)along);
            var corner = _random.NextBelow(2) * 14f;
            canvas.DrawRoundRect(frame, corner, corner, paint);
        }
        else if (_kind is PictureKind.Lines or PictureKind.Squares)
        {
            var distance = digit.Height * (float)(0.2 + (0.6 * _random.NextDouble()));
            canvas.RotateDegrees((float)_random.NextWithin(4), digit.MidX, digit.MidY);
            var (reach, first) = (2 * Math.Max(sheet.Width, sheet.Height), (float)_random.NextDouble() * distance);
            for (var at = first - reach; at < reach; at += distance)
            {
                canvas.DrawLine(-reach, at, reach, at, paint);
                if (_kind == PictureKind.Squares)
                {
                    canvas.DrawLine(at, -reach, at, reach, paint);
                }
            }
        }
    }

    /// <summary>Light that falls off, a shadow, the grain of paper and sensor, and JPEG.</summary>
    private byte[] Photo(SKBitmap picture, SKColor paper)
    {
        var (slopeX, slopeY) = (_random.NextWithin(0.12), _random.NextWithin(0.12));
        var angle = _random.NextDouble() * Math.Tau;
        var (normalX, normalY, offset) = (Math.Cos(angle), Math.Sin(angle), _random.NextWithin(0.18));
        var hasShadow = _kind is PictureKind.Shadow or PictureKind.PencilInShadow;
        var shade = hasShadow ? 0.35 + (0.45 * _random.NextDouble()) : 1;
        var softness = _random.NextBelow(2) == 0 ? 0.002 : 0.04;
        var grain = _kind is PictureKind.Pencil or PictureKind.PencilInShadow ? 4 : 2 + _random.NextBelow(4);
        var pixels = picture.Pixels;
        for (var i = 0; i < pixels.Length; i++)
        {
            var x = ((double)(i % picture.Width) / picture.Width) - 0.5;
            var y = ((double)(i / picture.Width) / picture.Height) - 0.5;
            var beyond = ((x * normalX) + (y * normalY) - offset) / softness;
            var light = (1 - Math.Abs(slopeX / 2) - Math.Abs(slopeY / 2) + (slopeX * x) + (slopeY * y))
                * (1 - ((1 - shade) / (1 + Math.Exp(-Math.Clamp(beyond, -40, 40)))));
            var noise = grain * (_random.NextDouble() + _random.NextDouble() + _random.NextDouble() - 1.5) * 1.4;
            var pixel = pixels[i];
            pixels[i] = new SKColor(Lit(pixel.Red), Lit(pixel.Green), Lit(pixel.Blue));

            byte Lit(byte value) => (byte)Math.Clamp((value * light) + noise, 0, byte.MaxValue);
        }

        picture.Pixels = pixels;
        using var file = picture.Encode(SKEncodedImageFormat.Jpeg, quality: 75 + _random.NextBelow(20));
        return file.ToArray();
    }

    private static byte Changed(byte value, int change) => (byte)Math.Clamp(value + change, 0, byte.MaxValue);
}
