namespace MnistML.Images.Ink;

/// <summary>
/// Separates ink from paper: the darkness of each pixel as a fraction of full ink, 0 for paper and for pixels outside the digit.
/// </summary>
internal static class InkFinder
{
    /// <summary>The minimum contrast of ink, as a fraction of the full range of brightness.</summary>
    private const double MinContrast = 0.08;

    /// <summary>The minimum contrast of ink, in standard deviations of the paper.</summary>
    private const double MinContrastInNoise = 5;

    /// <summary>Shares of full ink between which grey edges lie; below are noise and what JPEG leaves around edges.</summary>
    private const double PaperBelow = 0.25;
    private const double InkAbove = 0.8;

    /// <summary>Pieces smaller than this share of the largest are specks.</summary>
    private const double SmallestPiece = 0.04;

    /// <summary>Pieces at the border are a desk's edge or a shadow, where one inside is not smaller than this share of theirs.</summary>
    private const double InnerPiece = 0.1;

    /// <summary>A digit of fewer pixels can't be recognised.</summary>
    private const int SmallestSide = 5;

    /// <summary>Finds the ink, be it darker or lighter than the paper.</summary>
    /// <returns>Ink from 0 to 1; null if there is none.</returns>
    public static GreyImage? Find(GreyImage picture)
    {
        var paper = PaperSurface.Fit(picture);
        var difference = paper.Subtract(picture);
        var sign = IsInkLighter(difference) ? 1f : -1f;
        var raised = difference.Map(value => Math.Max(sign * value, 0));
        var full = FullInk(raised);
        if (full < Math.Max(MinContrast, MinContrastInNoise * paper.Noise))
        {
            return null;
        }

        var ink = raised.Map(value => (float)Math.Clamp(((value / full) - PaperBelow) / (InkAbove - PaperBelow), 0, 1));
        return KeepDigit(ink);
    }

    /// <summary>Ink stands out more than anything else: by the squares it outweighs the paper's noise.</summary>
    private static bool IsInkLighter(GreyImage difference) => difference.Values.Sum(value => (double)value * value * value) > 0;

    /// <summary>How much full ink stands out: the mean of what stands out by more than half of that.</summary>
    private static double FullInk(GreyImage raised)
    {
        const int Rounds = 4;
        var full = (double)raised.Values.Max();
        for (var round = 0; round < Rounds && full > 0; round++)
        {
            var half = full / 2;
            full = raised.Values.Where(value => value > half).Average();
        }

        return full;
    }

    /// <summary>Keeps the pieces that belong to the digit.</summary>
    private static GreyImage? KeepDigit(GreyImage ink)
    {
        var pieces = InkPiece.FindAll(ink);
        if (pieces.Count == 0)
        {
            return null;
        }

        var inner = pieces.Where(piece => !piece.TouchesBorder).ToArray();
        var candidates = inner.Length > 0 && inner.Max(piece => piece.Ink) >= InnerPiece * pieces.Max(piece => piece.Ink)
            ? inner
            : [.. pieces];
        var largest = candidates.Max(piece => piece.Ink);
        if (candidates.Where(piece => piece.Ink == largest).Max(piece => piece.MaxSide) < SmallestSide)
        {
            return null;
        }

        var digit = new GreyImage(ink.Width, ink.Height);
        foreach (var pixel in candidates.Where(piece => piece.Ink >= SmallestPiece * largest).SelectMany(piece => piece.Pixels))
        {
            digit.Values[pixel] = ink.Values[pixel];
        }

        return digit;
    }
}
