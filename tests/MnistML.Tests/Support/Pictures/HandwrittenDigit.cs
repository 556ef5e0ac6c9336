using SkiaSharp;

namespace MnistML.Tests.Support;

/// <summary>A digit of MNIST: 28 × 28 bytes, 0 for none and 255 for full ink.</summary>
internal sealed record HandwrittenDigit(byte[] Pixels, int Label)
{
    public const int Side = 28;

    /// <summary>The rectangle around its ink.</summary>
    public SKRectI Box
    {
        get
        {
            var box = new SKRectI(Side, Side, 0, 0);
            foreach (var (index, ink) in Pixels.Index())
            {
                var (x, y) = (index % Side, index / Side);
                box = ink == 0
                    ? box
                    : new SKRectI(Math.Min(box.Left, x), Math.Min(box.Top, y), Math.Max(box.Right, x + 1), Math.Max(box.Bottom, y + 1));
            }

            return box;
        }
    }

    /// <summary>How far to the right another digit is, in pixels, when their ink has just met in one row.</summary>
    public int OffsetOfTouching(HandwrittenDigit right)
    {
        const byte Full = 128;
        return Enumerable.Range(0, Side).Max(row =>
        {
            var last = Pixels.AsSpan(row * Side, Side).LastIndexOfAnyInRange(Full, byte.MaxValue);
            var first = right.Pixels.AsSpan(row * Side, Side).IndexOfAnyInRange(Full, byte.MaxValue);
            return last < 0 || first < 0 ? int.MinValue : last - first;
        });
    }

    /// <summary>Its ink as an opaque mask of one colour.</summary>
    public SKBitmap ToMask(SKColor ink)
    {
        var mask = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Bgra8888, SKAlphaType.Unpremul));
        mask.Pixels = [.. Pixels.Select(pixel => ink.WithAlpha(pixel))];
        return mask;
    }
}
