using MnistML.Images.Ink;
using MnistML.Images.Judging;
using MnistML.Images.Normalization;

namespace MnistML.Images.Layout;

/// <summary>Pieces of ink that may be one digit.</summary>
internal sealed class DigitCandidate
{
    private DigitCandidate(IReadOnlyList<InkPiece> pieces)
    {
        var (image, box) = InkPiece.Draw(pieces);
        byte[] pixels = [.. DigitNormalizer.Normalize(image).Select(value => (byte)MathF.Round(value * byte.MaxValue))];
        (Pieces, Box, Pixels) = (pieces, box, pixels);
        Mass = pieces.Sum(piece => piece.Mass);
        Distance = DigitLikeness.Default.DistanceOf(pixels);
    }

    public IReadOnlyList<InkPiece> Pieces { get; }

    public PixelBox Box { get; }

    /// <summary>Its image in MNIST's form.</summary>
    public byte[] Pixels { get; }

    /// <summary>How much ink it has.</summary>
    public double Mass { get; }

    /// <summary>How unlike MNIST's digits it is; see <see cref="DigitLikeness.DistanceOf"/>.</summary>
    public double Distance { get; }

    /// <summary>Whether it is a part of what was one piece; see <see cref="TouchingDigits"/>.</summary>
    public bool IsCutApart { get; private init; }

    public static DigitCandidate Of(params IReadOnlyList<InkPiece> pieces) => new(pieces);

    public static DigitCandidate OfCut(IReadOnlyList<InkPiece> pieces) => new(pieces) { IsCutApart = true };

    /// <summary>The candidate as it is shown, with what is doubtful about it.</summary>
    /// <param name="box">Where it is in the picture itself.</param>
    public FoundDigit ToFoundDigit(PixelBox box)
    {
        var doubts = DoubtRules.Of(
            Pixels, Distance, box, Pieces.Select(piece => piece.Mass / Mass), Mass / Box.Width / Box.Height, ReachOf(Box, Pieces[0].Ink));
        return new FoundDigit(box, Pixels, IsCutApart ? doubts | DigitDoubts.CutApart : doubts);
    }

    /// <summary>How far a rectangle reaches in an image.</summary>
    internal static PictureReach ReachOf(PixelBox box, GreyImage image)
    {
        const double SpanningShare = 0.9;
        var isAtEdge =
            box.Left == 0 || box.Top == 0 || box.Left + box.Width == image.Width || box.Top + box.Height == image.Height;
        return box.Width >= SpanningShare * image.Width && box.Height >= SpanningShare * image.Height ? PictureReach.Spanning
            : isAtEdge ? PictureReach.Edge
            : PictureReach.Inside;
    }
}
