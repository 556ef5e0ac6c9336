using MnistML.Images;

namespace MnistML.Tests.Images;

/// <summary>Small pictures, each of a kind that is easily misread: what is found in each, before any network.</summary>
internal sealed class GivenPictureTests
{
    /// <summary>All show the same 7, whose ink lies in columns 95 to 210 and rows 130 to 270 of 300 × 400.</summary>
    [TestCase("7_plain")]
    [TestCase("7_desk")]
    [TestCase("7_box")]
    [TestCase("7_lines")]
    [TestCase("7_shadow80")]
    [TestCase("7_shadow110")]
    [TestCase("7_shadow140")]
    [TestCase("7_shadow170")]
    [TestCase("7_shadow200")]
    [TestCase("7_shadow235")]
    public void Read_OfTheSameSevenAsPeopleTakeIt_FindsTheSameDigit(string name)
    {
        var plain = Read("7_plain").Digits.Single();
        var found = Read(name).Digits.Single();

        Assert.That(found.Box.Left, Is.EqualTo(plain.Box.Left).Within(4));
        Assert.That(found.Box.Top, Is.EqualTo(plain.Box.Top).Within(4));
        Assert.That(found.Box.Width, Is.EqualTo(plain.Box.Width).Within(6));
        Assert.That(found.Box.Height, Is.EqualTo(plain.Box.Height).Within(6));
        Assert.That(Difference(found, plain), Is.LessThan(0.2));
        Assert.That(found.Doubts, Is.EqualTo(DigitDoubts.None));
    }

    [Test]
    public void Read_OfTwoDigits_FindsBothFromLeftToRight()
    {
        var plain = Read("7_plain").Digits.Single();
        var digits = Read("7_two").Digits;

        Assert.That(digits, Has.Count.EqualTo(2));
        Assert.That(digits[0].Box.Left, Is.LessThan(digits[1].Box.Left));
        Assert.That(digits.Select(digit => Difference(digit, plain)), Is.All.LessThan(0.2));
    }

    [TestCase("7_tight", 102, 124)]
    [TestCase("0_tight", 181, 181)]
    [TestCase("0_sk8", 8, 8)]
    public void Read_OfADigitCutToItsInk_TakesAllOfThePicture(string name, int width, int height)
    {
        var digit = Read(name).Digits.Single();

        Assert.That((digit.Box.Width, digit.Box.Height), Is.EqualTo((width, height)));
    }

    /// <summary>The middle of a 0 is empty: its ink was not taken for paper.</summary>
    [TestCase("0_round")]
    [TestCase("0_tight")]
    [TestCase("0_sk8")]
    public void Read_OfAZero_HasAHole(string name)
    {
        var digit = Read(name).Digits.Single();

        Assert.That(digit.Pixels.Span[(14 * FoundDigit.Side) + 14], Is.LessThan(100));
        Assert.That(digit.ToFeatures().Sum(), Is.GreaterThan(50));
    }

    private static DigitPicture Read(string name)
    {
        using var file = typeof(GivenPictureTests).Assembly.GetManifestResourceStream($"{name}.png")!;
        return new DigitReader().Read(file);
    }

    private static double Difference(FoundDigit one, FoundDigit other) =>
        one.ToFeatures().Zip(other.ToFeatures(), (first, second) => Math.Abs(first - second)).Sum() / other.ToFeatures().Sum();
}
