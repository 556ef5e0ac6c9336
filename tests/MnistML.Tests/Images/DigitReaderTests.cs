using MnistML.Common;
using MnistML.Images;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Images;

internal sealed class DigitReaderTests
{
    private static readonly byte[] Plain = Drawn.Text("5");

    [Test]
    public void Read_OfADigit_FillsABoxOfTwentyAndCentresItsMass()
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

    [TestCase(0.79f, DigitDoubts.UnsureNetwork)]
    [TestCase(0.81f, DigitDoubts.None)]
    public void DoubtsOf_AnUnsureNetwork_SaysSo(float probability, DigitDoubts expected)
    {
        var digit = new DigitReader().Read(new MemoryStream(Plain)).Digits.Single();

        Assert.That(digit.Doubts, Is.EqualTo(DigitDoubts.None));
        Assert.That(digit.DoubtsOf([0.1f, probability, 1 - probability]), Is.EqualTo(expected));
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
    public void Read_OfTheSameDigitDrawnOtherwise_GivesTheSameImage(byte[] file)
    {
        var (expected, image) = (Normalize(Plain), Normalize(file));

        Assert.That(expected.Zip(image, (one, other) => Math.Abs(one - other)).Sum(), Is.LessThan(0.1 * expected.Sum()));
    }

    [Test]
    public void Read_OfLightThatFallsOff_FindsTheInkAlone()
    {
        using var plain = SKBitmap.Decode(Plain);
        var shaded = new byte[plain.Width * plain.Height];
        for (var y = 0; y < plain.Height; y++)
        {
            for (var x = 0; x < plain.Width; x++)
            {
                var light = 0.95 - (0.5 * (x + y) / (plain.Width + plain.Height));
                shaded[(y * plain.Width) + x] = (byte)(byte.MaxValue * light * (plain.GetPixel(x, y).Red > 127 ? 1 : 0.3));
            }
        }

        var expected = Normalize(Plain);
        var image = new DigitReader().Read(shaded, plain.Width, plain.Height).Digits.Single().ToFeatures();

        Assert.That(expected.Zip(image, (one, other) => Math.Abs(one - other)).Sum(), Is.LessThan(0.15 * expected.Sum()));
    }

    [Test]
    public void Read_OfABlankPicture_FindsNoDigit() =>
        Assert.That(new DigitReader().Read(new MemoryStream(Drawn.Text(""))).Digits, Is.Empty);

    [Test]
    public void Read_OfNoise_FindsNoDigit([Range(1, 10)] int seed)
    {
        var random = new SplitMix64((ulong)seed);
        byte[] noise = [.. Enumerable.Range(0, 60 * 40).Select(_ => (byte)(102 + random.NextBelow(51)))];

        Assert.That(new DigitReader().Read(noise, 60, 40).Digits, Is.Empty);
    }

    private static float[] Normalize(byte[] file) => new DigitReader().Read(new MemoryStream(file)).Digits.Single().ToFeatures();
}
