using MnistML.Images.Ink;

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
    private const double MaxExtraCost = 0.6;
    private const double MaxExtraCostOfDark = 1.3;

    private PictureGuess(InkHypothesis hypothesis, IReadOnlyList<DigitCandidate> digits, bool isAsItsRim)
    {
        (Hypothesis, Digits, IsAsItsRim) = (hypothesis, digits, isAsItsRim);
        Mass = digits.Sum(digit => digit.Mass);
        Cost = digits.Sum(digit => digit.Mass / Mass * digit.Distance) + (hypothesis.IsLight ? LightInkPenalty : 0);
    }

    /// <summary>A guess that costs more is no digit of which another guess may be a part.</summary>
    public static double MaxWholeCost => 2.2;

    public InkHypothesis Hypothesis { get; }

    public IReadOnlyList<DigitCandidate> Digits { get; }

    /// <summary>
    /// Whether what was taken for ink is as bright as all of the picture's rim, which then is its paper.
    /// </summary>
    public bool IsAsItsRim { get; }

    /// <summary>How much ink there is.</summary>
    public double Mass { get; }

    /// <summary>How unlikely the guess is.</summary>
    public double Cost { get; }

    /// <summary>Finds the digits of a guess.</summary>
    public static PictureGuess Of(GreyImage brightness, InkHypothesis hypothesis, InkLayer layer, PictureRim rim)
    {
        var digits = DigitsOf(layer);
        return new PictureGuess(hypothesis, digits, rim.IsAsBrightAs(brightness, digits));
    }

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

    private static bool Covers(PixelBox whole, PixelBox part)
    {
        const double MinShare = 0.85;
        var width = Math.Min(whole.Left + whole.Width, part.Left + part.Width) - Math.Max(whole.Left, part.Left);
        var height = Math.Min(whole.Top + whole.Height, part.Top + part.Height) - Math.Max(whole.Top, part.Top);
        return (double)Math.Max(width, 0) * Math.Max(height, 0) >= MinShare * part.Width * part.Height;
    }
}
