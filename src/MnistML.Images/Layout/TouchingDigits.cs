using MnistML.Images.Ink;
using MnistML.Images.Judging;

namespace MnistML.Images.Layout;

/// <summary>
/// Cuts digits that touch. A cut runs from the top to the bottom, with a step of at most one pixel to either side in each row, where it
/// crosses the least ink (the seam of Avidan and Shamir, "Seam carving for content-aware image resizing", 2007).
/// </summary>
internal static class TouchingDigits
{
    /// <summary>Two digits are seldom narrower than this share of their height, and one is seldom broader.</summary>
    private const double LeastWidth = 1.05;

    /// <summary>A digit of two is not narrower than this share of the height.</summary>
    private const double NarrowestDigit = 0.1;

    /// <summary>And neither of two is lower than this share of both.</summary>
    private const double LowestDigit = 0.6;

    /// <summary>Each of two digits looks more like one than both together do, by this factor.</summary>
    private const double MaxDistanceRatio = 0.75;

    /// <summary>What is as near to a class as this is one digit.</summary>
    private const double MaxDistanceOfOne = 2;

    /// <summary>Where cuts are tried, as shares of the width, and how far one may stray from there, as a share of the height.</summary>
    private static readonly double[] Places = [0.25, 0.35, 0.43, 0.5, 0.57, 0.65, 0.75];
    private const double Stray = 0.2;

    /// <summary>The two digits that one candidate is; itself if it is one.</summary>
    public static IEnumerable<DigitCandidate> Split(DigitCandidate whole)
    {
        // A picture without a margin is most often cut to one digit, or is noise.
        var spansPicture = DigitCandidate.ReachOf(whole.Box, whole.Pieces[0].Ink) == PictureReach.Spanning;
        if (whole.Box.Width < LeastWidth * whole.Box.Height || whole.Distance <= MaxDistanceOfOne || spansPicture)
        {
            return [whole];
        }

        var (image, _) = InkPiece.Draw(whole.Pieces);
        var best = Places.Select(place => CutAt(whole, SeamNear(image, place))).OfType<DigitCandidate[]>()
            .MinBy(parts => parts.Max(part => part.Distance));
        return best is not null && best.Max(part => part.Distance) < MaxDistanceRatio * whole.Distance ? best : [whole];
    }

    /// <summary>The parts to the left and to the right of a seam; null if they can't be two digits.</summary>
    private static DigitCandidate[]? CutAt(DigitCandidate whole, int[] seam)
    {
        InkPiece[] left = [.. whole.Pieces.Select(piece => piece.PartWhere(IsLeft)).OfType<InkPiece>()];
        InkPiece[] right = [.. whole.Pieces.Select(piece => piece.PartWhere((x, y) => !IsLeft(x, y))).OfType<InkPiece>()];
        return CanBeDigit(left) && CanBeDigit(right) ? [DigitCandidate.OfCut(left), DigitCandidate.OfCut(right)] : null;

        bool IsLeft(int x, int y) => x - whole.Box.Left < seam[y - whole.Box.Top];

        bool CanBeDigit(InkPiece[] pieces) => pieces.Length > 0 && InkPiece.BoxOf(pieces.Select(piece => piece.Box)) is var box
            && box.Height >= LowestDigit * whole.Box.Height && box.Width >= NarrowestDigit * whole.Box.Height;
    }

    /// <summary>The seam that crosses the least ink near a place: for each row the first column to its right.</summary>
    internal static int[] SeamNear(GreyImage image, double place)
    {
        var middle = (int)(place * image.Width);
        var stray = Math.Max((int)(Stray * image.Height), 1);
        var (first, last) = (Math.Max(middle - stray, 0), Math.Min(middle + stray, image.Width - 1));

        // The least ink from the top to each pixel, then the way back from the least at the bottom.
        var costs = new float[image.Height, last - first + 1];
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = first; x <= last; x++)
            {
                costs[y, x - first] = image[x, y] + (y == 0 ? 0 : costs[y - 1, LeastAbove(y, x - first)]);
            }
        }

        var seam = new int[image.Height];
        var at = Enumerable.Range(0, last - first + 1).MinBy(x => costs[image.Height - 1, x]);
        for (var y = image.Height - 1; y >= 0; y--)
        {
            seam[y] = first + at;
            at = y == 0 ? at : LeastAbove(y, at);
        }

        return seam;

        // Of equal ones the one straight above, so that a seam through paper is straight.
        int LeastAbove(int y, int x)
        {
            var least = x;
            for (var near = Math.Max(x - 1, 0); near <= Math.Min(x + 1, last - first); near++)
            {
                least = costs[y - 1, near] < costs[y - 1, least] ? near : least;
            }

            return least;
        }
    }
}
