namespace MnistML.Images.Judging;

/// <summary>
/// What makes a digit doubtful. The two thresholds are chosen by the benchmark <c>pictures</c>, on pictures of digits that its network has
/// not seen and on pictures without digits; the guide has the table.
/// </summary>
internal static class DoubtRules
{
    /// <summary>A network whose best class has less than this probability is not sure.</summary>
    public const float MinProbability = 0.8f;

    /// <summary>What is farther from all classes than this is unlike MNIST's digits.</summary>
    public const double MaxDistance = 1.9;

    /// <summary>A digit has two holes at most.</summary>
    private const int MaxHoles = 2;

    /// <summary>A piece of this share of the ink may be a digit of its own.</summary>
    private const double MinPieceShare = 0.12;

    /// <summary>A digit of fewer pixels, in the picture itself, can hardly be recognised.</summary>
    private const int MinSide = 7;

    /// <summary>More ink than this, as a share of a picture that it fills, is no digit's.</summary>
    private const double MaxFill = 0.7;

    /// <summary>Collects what is doubtful.</summary>
    /// <param name="pixels">The digit in MNIST's form.</param>
    /// <param name="distance">See <see cref="DigitLikeness.DistanceOf"/>.</param>
    /// <param name="box">Where it is in the picture.</param>
    /// <param name="pieceShares">The share of its ink that each of its pieces has.</param>
    /// <param name="fill">The share of its box that is ink.</param>
    /// <param name="reach">How far it reaches in the picture.</param>
    public static DigitDoubts Of(
        ReadOnlySpan<byte> pixels, double distance, PixelBox box, IEnumerable<double> pieceShares, double fill, PictureReach reach)
    {
        var doubts = DigitDoubts.None;

        // A 1 that a picture is cut to may be all ink; anything broader may not.
        var fillsPicture = reach == PictureReach.Spanning && fill > MaxFill && box.Width > box.Height / 3;
        doubts |= reach == PictureReach.Edge || fillsPicture ? DigitDoubts.TouchesEdge : 0;
        doubts |= pieceShares.Count(share => share >= MinPieceShare) > 1 ? DigitDoubts.SeveralPieces : 0;
        doubts |= HoleCount(pixels) > MaxHoles ? DigitDoubts.FrameOrGrid : 0;
        doubts |= Math.Max(box.Width, box.Height) < MinSide ? DigitDoubts.TooSmall : 0;
        doubts |= distance > MaxDistance ? DigitDoubts.UnlikeDigits : 0;
        return doubts;
    }

    /// <summary>How many parts of the background are enclosed.</summary>
    private static int HoleCount(ReadOnlySpan<byte> pixels)
    {
        const int Side = FoundDigit.Side;
        var (isSeen, open, count) = (new bool[pixels.Length], new Stack<int>(), -1); // the outer part is none
        for (var start = 0; start < pixels.Length; start++)
        {
            if (isSeen[start] || pixels[start] > byte.MaxValue / 3)
            {
                continue;
            }

            count++;
            isSeen[start] = true;
            open.Push(start);
            while (open.TryPop(out var pixel))
            {
                var (x, y) = (pixel % Side, pixel / Side);
                foreach (var (nearX, nearY) in ((int, int)[])[(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)])
                {
                    var near = (nearY * Side) + nearX;
                    if (nearX is >= 0 and < Side && nearY is >= 0 and < Side && !isSeen[near] && pixels[near] <= byte.MaxValue / 3)
                    {
                        isSeen[near] = true;
                        open.Push(near);
                    }
                }
            }
        }

        return count;
    }
}
