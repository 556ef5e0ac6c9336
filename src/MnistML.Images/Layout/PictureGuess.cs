using MnistML.Images.Ink;
using MnistML.Images.Judging;

namespace MnistML.Images.Layout;

/// <summary>The digits that a guess at what is ink finds, and what speaks for and against it.</summary>
internal sealed class PictureGuess
{
    /// <summary>Shares of full ink between which grey edges lie; below are noise and what JPEG leaves around edges.</summary>
    private const float PaperBelow = 0.25f;
    private const float InkAbove = 0.8f;

    /// <summary>Ink is more often dark: light ink must look better by this.</summary>
    private const double LightInkPenalty = 0.25;

    /// <summary>
    /// A guess of which another is a part has so many times its ink, and costs no more than these. Light paper within a dark digit may look
    /// much more like a digit than the digit does.
    /// </summary>
    private const double MinMassRatio = 1.3;
    private const double MinMassRatioOfLight = 2;
    private const double MaxWholeCost = 2.2;
    private const double MaxExtraCost = 0.6;
    private const double MaxExtraCostOfDark = 1.3;

    /// <summary>Light ink as bright as more of the rim than this is paper beside a shadow.</summary>
    private const double MaxLitRim = 0.15;
    private const double MaxLitRimOfSpanning = 0.4;

    /// <summary>The cost of taking for ink what is as bright as the rim.</summary>
    private const double RimPenalty = 1;

    /// <summary>
    /// A digit that fills the picture may look so unlike digits, and so much more than what lies within it. It stands out by this at least.
    /// </summary>
    private const double MaxSpanningCost = 3.7;
    private const double MaxSpanningExtraCost = 1.5;
    private const double MinSpanningContrast = 0.3;

    private readonly double _contrast;

    private PictureGuess(GreyImage brightness, InkHypothesis hypothesis, InkLayer layer, PictureRim rim)
    {
        (Hypothesis, Digits, _contrast) = (hypothesis, DigitsOf(layer), layer.Full);
        var digits = Digits;
        SpansPicture = digits.Count == 1 && DigitCandidate.ReachOf(digits[0].Box, brightness) == PictureReach.Spanning;
        if (InkBrightness(brightness, digits) is { } ink)
        {
            IsAsItsRim = rim.IsAsBrightAs(ink)
                || (hypothesis.IsLight && rim.ShareAsLightAs(ink) > (SpansPicture ? MaxLitRimOfSpanning : MaxLitRim));
        }

        Mass = digits.Sum(digit => digit.Mass);
        Cost = digits.Sum(digit => digit.Mass / Mass * digit.Distance) + (hypothesis.IsLight ? LightInkPenalty : 0);
    }

    /// <summary>Whether it may be an answer at all.</summary>
    public bool IsPlausible => Digits.Count > 0 && (Hypothesis.IsTrusted || Cost < MaxWholeCost || IsCutToDigit);

    /// <summary>Whether the picture may be one that is cut to its digit.</summary>
    public bool IsCutToDigit => SpansPicture && !IsAsItsRim && Cost < MaxSpanningCost && _contrast >= MinSpanningContrast;

    public InkHypothesis Hypothesis { get; }

    public IReadOnlyList<DigitCandidate> Digits { get; }

    /// <summary>Whether it is one digit that fills the picture, as if the picture were cut to it.</summary>
    public bool SpansPicture { get; }

    /// <summary>Whether what was taken for ink is as bright as the picture's rim, which then is its paper.</summary>
    public bool IsAsItsRim { get; }

    /// <summary>How much ink there is.</summary>
    public double Mass { get; }

    /// <summary>How unlike digits it is.</summary>
    public double Cost { get; }

    /// <summary>How unlikely it is.</summary>
    public double FullCost => Cost + (IsAsItsRim ? RimPenalty : 0);

    /// <summary>Finds the digits of a guess.</summary>
    public static PictureGuess Of(GreyImage brightness, InkHypothesis hypothesis, InkLayer layer, PictureRim rim) =>
        new(brightness, hypothesis, layer, rim);

    /// <summary>The digits in some ink.</summary>
    public static IReadOnlyList<DigitCandidate> DigitsOf(InkLayer layer)
    {
        var ink = new GreyImage(layer.Values.Width, layer.Values.Height);
        var (full, values) = ((float)layer.Full, layer.Values.Values);
        for (var i = 0; i < values.Length; i++)
        {
            ink.Values[i] = Math.Clamp(((values[i] / full) - PaperBelow) / (InkAbove - PaperBelow), 0, 1);
        }

        return DigitLayout.Arrange(Ruling.Remove(Frames.Remove(ink)));
    }

    /// <summary>
    /// Whether all that this guess found lies within the digits of another that found more, as the paper within an 8 does, and what broader
    /// strokes have left in the window of thinner ones.
    /// </summary>
    public bool IsPartOf(PictureGuess other)
    {
        var minRatio = other.Hypothesis.IsLight && !Hypothesis.IsLight ? MinMassRatioOfLight : MinMassRatio;
        var maxExtra = Hypothesis.IsLight && !other.Hypothesis.IsLight ? MaxExtraCostOfDark : MaxExtraCost;
        return other.Mass >= minRatio * Mass
            && other.Cost < MaxWholeCost
            && other.Cost < Cost + maxExtra
            && Digits.All(digit => other.Digits.Any(whole => Covers(whole.Box, digit.Box)))
            && other.Digits.All(whole => Digits.Any(digit => Covers(whole.Box, digit.Box)));
    }

    /// <summary>
    /// Whether it is no answer beside a digit that the picture is cut to: what else is found there are parts of strokes, and the paper
    /// between them.
    /// </summary>
    public bool LiesWithin(PictureGuess whole) => !SpansPicture && FullCost > whole.Cost - MaxSpanningExtraCost;

    private static bool Covers(PixelBox whole, PixelBox part)
    {
        const double MinShare = 0.85;
        var width = Math.Min(whole.Left + whole.Width, part.Left + part.Width) - Math.Max(whole.Left, part.Left);
        var height = Math.Min(whole.Top + whole.Height, part.Top + part.Height) - Math.Max(whole.Top, part.Top);
        return (double)Math.Max(width, 0) * Math.Max(height, 0) >= MinShare * part.Width * part.Height;
    }

    /// <summary>The mean brightness of full ink; null if there is none.</summary>
    private static double? InkBrightness(GreyImage brightness, IReadOnlyList<DigitCandidate> digits)
    {
        var (sum, count) = (0.0, 0);
        foreach (var piece in digits.SelectMany(digit => digit.Pieces))
        {
            foreach (var pixel in piece.Pixels)
            {
                if (piece.Ink.Values[pixel] == 1)
                {
                    sum += brightness.Values[pixel];
                    count++;
                }
            }
        }

        return count == 0 ? null : sum / count;
    }
}
