using MnistML.Images.Decoding;
using MnistML.Images.Ink;

namespace MnistML.Images.Layout;

/// <summary>From the brightness of a picture to its digits.</summary>
internal static class PictureAnalysis
{
    /// <summary>Guesses are compared in this size, and the best is worked out in the other.</summary>
    private const int RoughSide = 256;
    private const int FineSide = PictureDecoder.EnoughPixels;

    /// <summary>Pictures up to this size are not reduced first, which would cost more than it saves.</summary>
    private const int SmallSide = 320;

    /// <summary>Smaller pictures are enlarged, so that strokes have room.</summary>
    private const int MinSide = 96;

    /// <summary>Of two guesses that look alike, the one that takes more for ink leaves less unexplained.</summary>
    private const double MassReward = 0.3;
    private const double MaxMassRatio = 2.5;

    /// <summary>Dark ink that looks so much like digits, on a picture whose rim is its paper, is the answer.</summary>
    private const double PlainCost = 1.3;

    /// <summary>Finds the digits of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>Them, and where their boxes are in the picture.</returns>
    public static (IReadOnlyList<DigitCandidate> Digits, PictureScale Scale) Find(DecodedPicture picture)
    {
        var brightness = picture.Brightness;
        var isSmall = Math.Max(brightness.Width, brightness.Height) <= SmallSide;
        var rough = ToSide(brightness, isSmall ? SmallSide : RoughSide);
        var sheet = SheetFinder.Find(rough.Smooth());
        var (roughSheet, left, top) = sheet is null ? (rough, 0, 0) : sheet.CutFrom(rough);
        if (Best(WithoutNoise(roughSheet)) is not { } guess)
        {
            return ([], new PictureScale(1, 0, 0));
        }

        if (isSmall)
        {
            return (guess.Digits, new PictureScale((double)rough.Width / picture.Width, left, top));
        }

        var fine = ToSide(brightness, FineSide);
        (var fineSheet, left, top) = sheet is null ? (fine, 0, 0) : sheet.CutFrom(fine);
        var layer = guess.Hypothesis.LayerOf(WithoutNoise(fineSheet));
        return (PictureGuess.DigitsOf(layer), new PictureScale((double)fine.Width / picture.Width, left, top));
    }

    /// <summary>
    /// The guess whose digits look best. A guess at broader strokes replaces one of the same kind if it has its digits and more, and they
    /// still look like digits.
    /// </summary>
    private static PictureGuess? Best(GreyImage rough)
    {
        var rim = new PictureRim(rough);
        var guesses = GuessesAt(rough, rim, isLight: false);
        if (!rim.IsPaper || !guesses.Any(guess => guess.Cost < PlainCost && guess.Hypothesis.IsTrusted))
        {
            guesses.AddRange(GuessesAt(rough, rim, isLight: true));
        }

        // A guess that takes the paper of the rim for ink is no digit with more of its strokes, so that no other is a part of it.
        var wholes = guesses.Where(guess => !guess.IsAsItsRim).ToList();
        guesses.RemoveAll(guess => wholes.Any(guess.IsPartOf));
        if (guesses.Count == 0)
        {
            return null;
        }

        if (guesses.Where(guess => guess.IsCutToDigit).MinBy(guess => guess.Cost) is { } whole)
        {
            guesses.RemoveAll(guess => guess.LiesWithin(whole));
        }

        var least = guesses.Min(guess => guess.Mass);
        return guesses.MinBy(guess => guess.FullCost - (MassReward * Math.Log(Math.Min(guess.Mass / least, MaxMassRatio))));
    }

    private static List<PictureGuess> GuessesAt(GreyImage rough, PictureRim rim, bool isLight) =>
    [
        .. InkHypothesis.Of(rough, isLight)
            .Select(guess => PictureGuess.Of(rough, guess.Hypothesis, guess.Layer, rim))
            .Where(guess => guess.IsPlausible),
    ];

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

    /// <summary>Reduces a picture whose longer side is longer, and enlarges one that is tiny.</summary>
    private static GreyImage ToSide(GreyImage image, int side)
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
