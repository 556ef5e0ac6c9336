using MnistML.Images.Ink;

namespace MnistML.Images.Layout;

/// <summary>Which pieces of ink make up a digit, and in which order the digits are read.</summary>
internal static class DigitLayout
{
    /// <summary>Pieces with less than this share of the ink of the largest are specks.</summary>
    private const double SmallestPiece = 0.04;

    /// <summary>Pieces at the edge are a desk's or a shadow's, where one inside is not smaller than this share of theirs.</summary>
    private const double InnerPiece = 0.1;

    /// <summary>Of more pieces the largest are taken.</summary>
    private const int MaxPieces = 30;

    /// <summary>A digit of fewer pixels can't be recognised.</summary>
    private const int SmallestSide = 5;

    /// <summary>A digit is not lower than this share of the highest.</summary>
    private const double LowestDigit = 0.35;

    /// <summary>Pieces of one digit overlap, in the direction across, by this share of the smaller.</summary>
    private const double PieceOverlap = 0.3;

    /// <summary>And they are at most this share of the higher one apart.</summary>
    private const double PieceGap = 0.3;

    /// <summary>What is farther from all classes than this is not kept beside what is nearer than half of that.</summary>
    private const double MaxDistance = 6;

    /// <summary>Finds the digits, in reading order.</summary>
    public static IReadOnlyList<DigitCandidate> Arrange(GreyImage ink)
    {
        var pieces = WithoutSpecks(InkPiece.FindAll(ink));
        if (pieces.Count == 0 || pieces.Max(piece => piece.MaxSide) < SmallestSide)
        {
            return [];
        }

        DigitCandidate[] digits = [.. Group(pieces).SelectMany(TouchingDigits.Split)];
        var highest = digits.Max(digit => digit.Box.Height);
        digits = [.. digits.Where(digit => Math.Max(digit.Box.Height, digit.Box.Width) >= LowestDigit * highest)];
        if (digits.Any(digit => digit.Distance < MaxDistance / 2))
        {
            digits = [.. digits.Where(digit => digit.Distance < MaxDistance)];
        }

        return [.. InReadingOrder(digits)];
    }

    private static IReadOnlyList<InkPiece> WithoutSpecks(IReadOnlyList<InkPiece> pieces)
    {
        if (pieces.Count == 0)
        {
            return pieces;
        }

        InkPiece[] inner = [.. pieces.Where(piece => !piece.TouchesEdge)];
        var isInnerLarge = inner.Length > 0 && inner.Max(piece => piece.Mass) >= InnerPiece * pieces.Max(piece => piece.Mass);
        var candidates = isInnerLarge ? inner : pieces;
        var largest = candidates.Max(piece => piece.Mass);
        return [.. candidates.Where(piece => piece.Mass >= SmallestPiece * largest).OrderByDescending(piece => piece.Mass).Take(MaxPieces)];
    }

    /// <summary>Joins what belongs together, as long as there is anything.</summary>
    private static List<DigitCandidate> Group(IReadOnlyList<InkPiece> pieces)
    {
        List<DigitCandidate> digits = [.. pieces.Select(piece => DigitCandidate.Of(piece))];
        for (var one = 0; one < digits.Count; one++)
        {
            for (var other = one + 1; other < digits.Count; other++)
            {
                if (Joined(digits[one], digits[other]) is { } joined)
                {
                    // What it is now may belong to those before it.
                    digits.RemoveAt(other);
                    digits.RemoveAt(one);
                    digits.Insert(0, joined);
                    (one, other) = (0, 0);
                }
            }
        }

        return digits;
    }

    /// <summary>The two as one digit; null if they are two.</summary>
    private static DigitCandidate? Joined(DigitCandidate one, DigitCandidate other)
    {
        var (first, second) = (one.Box, other.Box);
        var height = Math.Max(first.Height, second.Height);
        var across = Overlap(first.Left, first.Width, second.Left, second.Width);
        var along = Overlap(first.Top, first.Height, second.Top, second.Height);
        var isAbove = across >= PieceOverlap * Math.Min(first.Width, second.Width) && -along <= PieceGap * height;
        var isBeside = -across <= PieceGap / 2 * height && along > 0;
        if (!isAbove && !isBeside)
        {
            return null;
        }

        var joined = DigitCandidate.Of([.. one.Pieces, .. other.Pieces]);
        return joined.Distance < Math.Max(one.Distance, other.Distance) ? joined : null;
    }

    /// <summary>How far two stretches overlap; how far they are apart, if negative.</summary>
    private static int Overlap(int first, int firstLength, int second, int secondLength) =>
        Math.Min(first + firstLength, second + secondLength) - Math.Max(first, second);

    /// <summary>
    /// Line by line, each from left to right. A digit whose middle is above the lowest point of a line's first belongs to it.
    /// </summary>
    private static IEnumerable<DigitCandidate> InReadingOrder(IEnumerable<DigitCandidate> digits)
    {
        var lines = new List<List<DigitCandidate>>();
        foreach (var digit in digits.OrderBy(digit => digit.Box.Top + (digit.Box.Height / 2)))
        {
            var middle = digit.Box.Top + (digit.Box.Height / 2);
            if (lines.Count > 0 && middle < lines[^1][0].Box.Top + lines[^1][0].Box.Height)
            {
                lines[^1].Add(digit);
            }
            else
            {
                lines.Add([digit]);
            }
        }

        return lines.SelectMany(line => line.OrderBy(digit => digit.Box.Left + (digit.Box.Width / 2)));
    }
}
