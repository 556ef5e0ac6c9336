namespace MnistML.Images;

/// <summary>What is doubtful about a digit that was found in a picture, or about the answer of a network.</summary>
[Flags]
public enum DigitDoubts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It reaches the edge of the picture, so that a part of it may be missing, or it may be no digit at all.</summary>
    TouchesEdge = 1,

    /// <summary>It is in several pieces, which may be several digits.</summary>
    SeveralPieces = 2,

    /// <summary>A frame or a grid may be a part of it.</summary>
    FrameOrGrid = 4,

    /// <summary>It has too few pixels for its form to be seen.</summary>
    TooSmall = 8,

    /// <summary>It looks unlike MNIST's digits.</summary>
    UnlikeDigits = 16,

    /// <summary>The network gives no class a high probability. <see cref="FoundDigit.DoubtsOf"/> adds it.</summary>
    UnsureNetwork = 32,

    /// <summary>It touched another digit, and was cut from it where that seemed best.</summary>
    CutApart = 64,
}
