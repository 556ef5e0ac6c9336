using MnistML.Images.Ink;

namespace MnistML.Images.Layout;

/// <summary>Takes away what is drawn around digits: boxes, circles, the cells of a form.</summary>
internal static class Frames
{
    /// <summary>What a frame encloses is not smaller than this share of it.</summary>
    private const double MinInside = 0.25;

    /// <summary>A frame fills less than this share of the rectangle around it.</summary>
    private const double MaxFill = 0.25;

    /// <summary>So many pieces are no digits and frames, but texture.</summary>
    private const int MaxPieces = 200;
    private const int MaxLargePieces = 20;

    /// <summary>The ink without frames.</summary>
    public static GreyImage Remove(GreyImage ink)
    {
        var pieces = InkPiece.FindAll(ink);
        if (pieces.Count is < 2 or > MaxPieces)
        {
            return ink;
        }

        var largest = pieces.Max(piece => piece.MaxSide);
        InkPiece[] large = [.. pieces.Where(piece => piece.MaxSide >= MinInside * largest / 2)
            .OrderByDescending(piece => piece.MaxSide).Take(MaxLargePieces)];
        InkPiece[] frames = [.. large.Where(piece => IsFrame(piece, large))];
        if (frames.Length == 0)
        {
            return ink;
        }

        var rest = ink.Crop(0, 0, ink.Width, ink.Height);
        foreach (var pixel in frames.SelectMany(frame => frame.Pixels))
        {
            rest.Values[pixel] = 0;
        }

        return rest;
    }

    private static bool IsFrame(InkPiece piece, IReadOnlyList<InkPiece> pieces)
    {
        if (piece.Mass > MaxFill * piece.Box.Width * piece.Box.Height)
        {
            return false;
        }

        InkPiece[] inside = [.. pieces.Where(other => other != piece && IsInside(other.Box, piece.Box)
            && other.MaxSide >= MinInside * Math.Min(piece.Box.Width, piece.Box.Height))];
        return inside.Length > 0
            && DigitCandidate.Of(inside).Distance < DigitCandidate.Of([piece, .. inside]).Distance;
    }

    /// <summary>Whether a rectangle lies in another; their edges may meet.</summary>
    private static bool IsInside(PixelBox inner, PixelBox outer) =>
        inner.Left >= outer.Left && inner.Top >= outer.Top
        && inner.Left + inner.Width <= outer.Left + outer.Width && inner.Top + inner.Height <= outer.Top + outer.Height;
}
