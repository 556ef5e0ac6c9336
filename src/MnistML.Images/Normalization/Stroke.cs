using MnistML.Images.Ink;

namespace MnistML.Images.Normalization;

/// <summary>The width of a digit's strokes.</summary>
internal static class Stroke
{
    /// <summary>Ink above a half counts as ink where the width is measured.</summary>
    private const float Inked = 0.5f;

    /// <summary>Makes strokes broader if they are thinner than wanted, and thinner if they are broader.</summary>
    /// <param name="digit">Ink from 0 to 1.</param>
    /// <param name="least">The least mean width of strokes, in pixels.</param>
    /// <param name="most">The greatest.</param>
    public static GreyImage BringBetween(GreyImage digit, double least, double most)
    {
        var width = MeanWidth(digit);
        if (width < least)
        {
            var radius = (least - width) / 2;
            return Dilate(digit.Pad((int)Math.Ceiling(radius)), radius);
        }

        // Thinner ink is broader paper.
        return width > most ? Dilate(digit.Pad(1).Invert(), (width - most) / 2).Invert() : digit;
    }

    /// <summary>The mean width of strokes: a stroke has two sides, so that its area is half its outline times its width.</summary>
    public static double MeanWidth(GreyImage digit)
    {
        var (area, sides) = (0.0, 0);
        for (var y = 0; y < digit.Height; y++)
        {
            for (var x = 0; x < digit.Width; x++)
            {
                var isInk = IsInk(x, y);
                area += isInk ? 1 : 0;
                sides += isInk != IsInk(x - 1, y) ? 1 : 0;
                sides += isInk != IsInk(x, y - 1) ? 1 : 0;
            }

            sides += IsInk(digit.Width - 1, y) ? 1 : 0;
        }

        for (var x = 0; x < digit.Width; x++)
        {
            sides += IsInk(x, digit.Height - 1) ? 1 : 0;
        }

        // An outline along pixels is longer than a smooth one: by 4/π, averaged over all directions.
        return sides == 0 ? 0 : 2 * area / (sides * Math.PI / 4);

        bool IsInk(int x, int y) => x >= 0 && y >= 0 && digit[x, y] >= Inked;
    }

    /// <summary>Each pixel becomes the strongest in the circle around it, of which each row is a window.</summary>
    private static GreyImage Dilate(GreyImage digit, double radius)
    {
        var reach = (int)Math.Ceiling(radius);
        var wide = digit.Crop(0, 0, digit.Width, digit.Height);
        var broader = new GreyImage(digit.Width, digit.Height);
        for (var half = 0; half <= reach; half++)
        {
            if (half > 0)
            {
                Widen(digit, wide, half);
            }

            for (var offset = -reach; offset <= reach; offset++)
            {
                var left = (radius * radius) - (offset * offset);
                if (left >= half * half && left < (half + 1) * (half + 1))
                {
                    for (var y = Math.Max(-offset, 0); y < Math.Min(digit.Height, digit.Height - offset); y++)
                    {
                        VectorMath.TakeGreater(wide.RowAt(y), broader.RowAt(y + offset));
                    }
                }
            }
        }

        return broader;
    }

    /// <summary>Takes into windows what is so many pixels to the left and to the right of their middles.</summary>
    private static void Widen(GreyImage digit, GreyImage windows, int half)
    {
        for (var y = 0; y < digit.Height && half < digit.Width; y++)
        {
            VectorMath.TakeGreater(digit.RowAt(y)[..^half], windows.RowAt(y)[half..]);
            VectorMath.TakeGreater(digit.RowAt(y)[half..], windows.RowAt(y)[..^half]);
        }
    }
}
