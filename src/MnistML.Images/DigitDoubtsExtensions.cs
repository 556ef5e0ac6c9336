namespace MnistML.Images;

/// <summary>Doubts in words.</summary>
public static class DigitDoubtsExtensions
{
    private static readonly (DigitDoubts Doubt, string Words)[] Descriptions =
    [
        (DigitDoubts.TouchesEdge, "it reaches the edge of the picture"),
        (DigitDoubts.SeveralPieces, "it is in several pieces"),
        (DigitDoubts.CutApart, "it was cut from another that it touched"),
        (DigitDoubts.FrameOrGrid, "it may be part of a frame or a grid"),
        (DigitDoubts.TooSmall, "it has too few pixels"),
        (DigitDoubts.UnlikeDigits, "it looks unlike MNIST's digits"),
        (DigitDoubts.UnsureNetwork, "no class has a high probability"),
    ];

    /// <summary>
    /// The doubts as an English clause, as in <c>it is in several pieces, it has too few pixels</c>; empty if there are none.
    /// </summary>
    /// <param name="doubts">The doubts.</param>
    public static string Describe(this DigitDoubts doubts) => string.Join(
        ", ", Descriptions.Where(description => doubts.HasFlag(description.Doubt)).Select(description => description.Words));
}
