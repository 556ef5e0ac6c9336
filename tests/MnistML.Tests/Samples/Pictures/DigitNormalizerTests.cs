using MnistML.Samples.Pictures;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Samples.Pictures;

internal sealed class DigitNormalizerTests
{
    private static readonly byte[] Plain = Drawn.Text("5");

    [Test]
    public void Normalize_OfADigit_FillsABoxOfTwentyAndCentresItsMass()
    {
        var image = Normalize(Plain);

        var ink = image.Index()
            .Where(pixel => pixel.Item > 0)
            .Select(pixel => (X: pixel.Index % 28, Y: pixel.Index / 28, Ink: pixel.Item))
            .ToArray();
        Assert.That(ink.Max(pixel => pixel.Y) - ink.Min(pixel => pixel.Y) + 1, Is.EqualTo(20));
        Assert.That(ink.Max(pixel => pixel.X) - ink.Min(pixel => pixel.X) + 1, Is.InRange(10, 16));
        Assert.That(ink.Sum(pixel => pixel.Ink * (pixel.X + 0.5)) / ink.Sum(pixel => pixel.Ink), Is.EqualTo(14).Within(0.51));
        Assert.That(ink.Sum(pixel => pixel.Ink * (pixel.Y + 0.5)) / ink.Sum(pixel => pixel.Ink), Is.EqualTo(14).Within(0.51));
        Assert.That(ink.Count(pixel => pixel.Ink is > 0 and < 1), Is.GreaterThan(20), "edges are grey");
    }

    private static IEnumerable<TestCaseData> SameDigits()
    {
        yield return new TestCaseData(Drawn.Text("5", paper: SKColors.Black, ink: SKColors.White)).SetArgDisplayNames("light on dark");
        yield return new TestCaseData(Drawn.Text("5", width: 500, height: 300, x: 0.8f, y: 0.3f)).SetArgDisplayNames("off centre");
        yield return new TestCaseData(Drawn.Text("5", width: 1_000, height: 1_000, size: 700)).SetArgDisplayNames("large");
        yield return new TestCaseData(
            Drawn.Text("5", paper: SKColors.Gold, ink: SKColors.DarkRed, asJpeg: true)).SetArgDisplayNames("coloured JPEG");
        yield return new TestCaseData(Drawn.Text("5", paper: SKColors.Transparent)).SetArgDisplayNames("dark on nothing");
        yield return new TestCaseData(
            Drawn.Text("5", paper: SKColors.Transparent, ink: SKColors.White)).SetArgDisplayNames("light on nothing");
        yield return new TestCaseData(Drawn.WithOrientation(Drawn.Turned(Plain), orientation: 8)).SetArgDisplayNames("camera held upright");
    }

    /// <summary>A digit drawn otherwise comes out the same but for what rounding does to edges: a tenth of its ink at most.</summary>
    [TestCaseSource(nameof(SameDigits))]
    public void Normalize_OfTheSameDigitDrawnOtherwise_GivesTheSameImage(byte[] file)
    {
        var (expected, image) = (Normalize(Plain), Normalize(file));

        Assert.That(expected.Zip(image, (one, other) => Math.Abs(one - other)).Sum(), Is.LessThan(0.1 * expected.Sum()));
    }

    [Test]
    public void Normalize_OfLightThatFallsOff_FindsTheInkAlone()
    {
        var plain = PicturePixels.ReadBrightness(Plain);
        var shaded = new GreyImage(plain.Width, plain.Height);
        for (var y = 0; y < plain.Height; y++)
        {
            for (var x = 0; x < plain.Width; x++)
            {
                shaded[x, y] = (0.95f - (0.5f * (x + y) / (plain.Width + plain.Height))) * (plain[x, y] > 0.5f ? 1 : 0.3f);
            }
        }

        var (expected, image) = (Normalize(Plain), DigitNormalizer.Normalize(shaded));
        Assert.That(expected.Zip(image, (one, other) => Math.Abs(one - other)).Sum(), Is.LessThan(0.15 * expected.Sum()));
    }

    [Test]
    public void Normalize_OfABlankPicture_FindsNoInk()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => Normalize(Drawn.Text("")));

        Assert.That(
            refusal.Message,
            Is.EqualTo("no ink found; the picture is blank, or what is on it is hardly darker or lighter than its background"));
    }

    [Test]
    public void Normalize_OfNoise_FindsNoInk()
    {
        var random = new Random(1);

        Assert.Throws<InvalidDataException>(
            () => DigitNormalizer.Normalize(new GreyImage(60, 40).Map(_ => 0.5f + (0.2f * (random.NextSingle() - 0.5f)))));
    }

    private static float[] Normalize(byte[] file) => DigitNormalizer.Normalize(PicturePixels.ReadBrightness(file));
}
