using MnistML.Images.Decoding;
using MnistML.Images.Ink;

namespace MnistML.Images.Layout;

/// <summary>From the brightness of a picture to its digits.</summary>
internal static class PictureAnalysis
{
    /// <summary>Guesses are compared in this size, and the best is worked out in the other.</summary>
    private const int RoughSide = 256;
    private const int FineSide = PictureDecoder.EnoughPixels;

    /// <summary>Smaller pictures are enlarged, so that strokes have room.</summary>
    private const int MinSide = 96;

    /// <summary>Shares of full ink between which grey edges lie; below are noise and what JPEG leaves around edges.</summary>
    private const double PaperBelow = 0.25;
    private const double InkAbove = 0.8;

    /// <summary>Ink is more often dark: light ink must look better by this.</summary>
    private const double LightInkPenalty = 0.25;

    /// <summary>Of two guesses that look alike, the one that takes more for ink leaves less unexplained.</summary>
    private const double MassReward = 0.3;
    private const double MaxMassRatio = 2.5;

    /// <summary>The cost of taking for ink what is as bright as all of the rim.</summary>
    private const double RimPenalty = 1;

    /// <summary>
    /// A guess of which another is a part has so many times its ink, and costs no more than these. Light paper within a dark digit may look
    /// much more like a digit than the digit does.
    /// </summary>
    private const double MinMassRatio = 1.3;
    private const double MinMassRatioOfLight = 2;
    private const double MaxWholeCost = 2.2;
    private const double MaxExtraCost = 0.6;
    private const double MaxExtraCostOfDark = 1.3;

    /// <summary>Finds the digits of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>Them, and where their boxes are in the picture.</returns>
    public static (IReadOnlyList<DigitCandidate> Digits, PictureScale Scale) Find(DecodedPicture picture)
    {
        var brightness = picture.Brightness;
        var rough = ToSide(brightness, RoughSide);
        var sheet = SheetFinder.Find(rough.Smooth());
        var roughSheet = WithoutNoise(sheet is null ? rough : sheet.CutFrom(rough).Image);
        if (Best(roughSheet) is not { } hypothesis)
        {
            return ([], new PictureScale(1, 0, 0));
        }

        var fine = ToSide(brightness, FineSide);
        var (fineSheet, left, top) = sheet is null ? (fine, 0, 0) : sheet.CutFrom(fine);
        return (DigitsOf(WithoutNoise(fineSheet), hypothesis), new PictureScale((double)fine.Width / picture.Width, left, top));
    }

    /// <summary>
    /// The guess whose digits look best. A guess at broader strokes replaces one of the same kind if it has its digits and more, and they
    /// still look like digits.
    /// </summary>
    private static InkHypothesis? Best(GreyImage rough)
    {
        var guesses = InkHypothesis.Of(rough)
            .Select(hypothesis => (Hypothesis: hypothesis, Digits: DigitsOf(rough, hypothesis)))
            .Where(guess => guess.Digits.Count > 0 && (guess.Hypothesis.IsTrusted || Cost(guess.Hypothesis, guess.Digits) < MaxWholeCost))
            .ToList();

        // A guess that takes the paper of the rim for ink is no digit with more of its strokes, so that no other is a part of it.
        var wholes = guesses.Where(guess => !IsAsItsRim(rough, guess.Digits)).ToList();
        guesses.RemoveAll(guess => wholes.Any(whole => IsPartOf(guess, whole)));
        if (guesses.Count == 0)
        {
            return null;
        }

        var least = guesses.Min(guess => MassOf(guess.Digits));
        return guesses.MinBy(guess => Cost(guess.Hypothesis, guess.Digits)
            + (IsAsItsRim(rough, guess.Digits) ? RimPenalty : 0)
            - (MassReward * Math.Log(Math.Min(MassOf(guess.Digits) / least, MaxMassRatio)))).Hypothesis;
    }

    /// <summary>A picture that was drawn has no noise, and its edges stay as sharp as they are.</summary>
    private static GreyImage WithoutNoise(GreyImage image)
    {
        const float MaxDrawn = 0.003f; // less than a level of 8 bits
        const int SampleCount = 4_096;
        var step = Math.Max(image.Values.Length / SampleCount, 1);
        var differences = new List<float>();
        for (var i = 0; i + 1 < image.Values.Length; i += step)
        {
            differences.Add(Math.Abs(image.Values[i + 1] - image.Values[i]));
        }

        differences.Sort();
        return differences.Count > 0 && differences[differences.Count / 2] > MaxDrawn ? image.Smooth() : image;
    }

    /// <summary>Whether what was taken for ink is as bright as all of the picture's rim, which then is its paper.</summary>
    private static bool IsAsItsRim(GreyImage image, IReadOnlyList<DigitCandidate> digits)
    {
        const float MaxSpread = 0.06f;
        const double MinShare = 0.9;
        var rim = new List<float>();
        for (var x = 0; x < image.Width; x++)
        {
            rim.Add(image[x, 0]);
            rim.Add(image[x, image.Height - 1]);
        }

        for (var y = 0; y < image.Height; y++)
        {
            rim.Add(image[0, y]);
            rim.Add(image[image.Width - 1, y]);
        }

        rim.Sort();
        var median = rim[rim.Count / 2];
        var ink = digits.SelectMany(digit => digit.Pieces)
            .SelectMany(piece => piece.Pixels.Where(pixel => piece.Ink.Values[pixel] == 1))
            .Select(pixel => image.Values[pixel])
            .DefaultIfEmpty(-1)
            .Average();
        return Math.Abs(ink - median) <= MaxSpread
            && rim.Count(value => Math.Abs(value - median) <= MaxSpread) >= MinShare * rim.Count;
    }

    /// <summary>
    /// Whether all that a guess found lies within the digits of another that found more, as the paper within an 8 does, and what broader
    /// strokes have left in the window of thinner ones.
    /// </summary>
    private static bool IsPartOf(
        (InkHypothesis Hypothesis, IReadOnlyList<DigitCandidate> Digits) guess,
        (InkHypothesis Hypothesis, IReadOnlyList<DigitCandidate> Digits) other)
    {
        var minRatio = other.Hypothesis.IsLight && !guess.Hypothesis.IsLight ? MinMassRatioOfLight : MinMassRatio;
        var maxExtra = guess.Hypothesis.IsLight && !other.Hypothesis.IsLight ? MaxExtraCostOfDark : MaxExtraCost;
        var cost = Cost(other.Hypothesis, other.Digits);
        return MassOf(other.Digits) >= minRatio * MassOf(guess.Digits)
            && cost < MaxWholeCost
            && cost < Cost(guess.Hypothesis, guess.Digits) + maxExtra
            && guess.Digits.All(digit => other.Digits.Any(whole => Covers(whole.Box, digit.Box)))
            && other.Digits.All(whole => guess.Digits.Any(digit => Covers(whole.Box, digit.Box)));
    }

    private static bool Covers(PixelBox whole, PixelBox part)
    {
        const double MinShare = 0.85;
        var width = Math.Min(whole.Left + whole.Width, part.Left + part.Width) - Math.Max(whole.Left, part.Left);
        var height = Math.Min(whole.Top + whole.Height, part.Top + part.Height) - Math.Max(whole.Top, part.Top);
        return (double)Math.Max(width, 0) * Math.Max(height, 0) >= MinShare * part.Width * part.Height;
    }

    /// <summary>How unlikely a guess is.</summary>
    internal static double Cost(InkHypothesis hypothesis, IReadOnlyList<DigitCandidate> digits)
    {
        var mass = MassOf(digits);
        return digits.Sum(digit => digit.Mass / mass * digit.Distance) + (hypothesis.IsLight ? LightInkPenalty : 0);
    }

    private static double MassOf(IReadOnlyList<DigitCandidate> digits) => digits.Sum(digit => digit.Mass);

    internal static IReadOnlyList<DigitCandidate> DigitsOf(GreyImage brightness, InkHypothesis hypothesis)
    {
        var layer = hypothesis.LayerOf(brightness);
        var ink = layer.Values.Map(value => (float)Math.Clamp(((value / layer.Full) - PaperBelow) / (InkAbove - PaperBelow), 0, 1));
        return DigitLayout.Arrange(Ruling.Remove(Frames.Remove(ink)));
    }

    /// <summary>Reduces a picture whose longer side is longer, and enlarges one that is tiny.</summary>
    internal static GreyImage ToSide(GreyImage image, int side)
    {
        var longer = Math.Max(image.Width, image.Height);
        if (longer < MinSide)
        {
            return image.Enlarge((MinSide + longer - 1) / longer);
        }

        var scale = Math.Min((double)side / longer, 1);
        return scale == 1
            ? image
            : image.Resize(Math.Max((int)Math.Round(image.Width * scale), 1), Math.Max((int)Math.Round(image.Height * scale), 1));
    }
}
