using MnistML.Images.Ink;
using MnistML.Images.Normalization;

namespace MnistML.Tests.Images.Ink;

/// <summary>The width of strokes, measured and changed, against what is computed by hand and by plain loops.</summary>
internal sealed class StrokeTests
{
    private const int Side = 60;

    [TestCase(4)]
    [TestCase(9)]
    public void MeanWidth_OfADisc_IsHalfItsDiameter(int radius)
    {
        // A disc's area is πr², and half its outline πr.
        var width = Stroke.MeanWidth(Draw((x, y) => (x * x) + (y * y) <= radius * radius));

        Assert.That(width, Is.EqualTo(radius).Within(0.15 * radius));
    }

    [TestCase(3, 12)]
    [TestCase(6, 9)]
    public void BringBetween_OfThinStrokes_BroadensThemByADiscOfTheMissingWidth(int height, double least)
    {
        var digit = Draw((x, y) => Math.Abs(y) <= height / 2 && Math.Abs(x) <= 20);
        var radius = (least - Stroke.MeanWidth(digit)) / 2;

        var broader = Stroke.BringBetween(digit, least, most: 20);

        var room = (broader.Width - Side) / 2;
        Assert.That(radius, Is.GreaterThan(0.5), "it is broadened");
        for (var y = 0; y < broader.Height; y++)
        {
            for (var x = 0; x < broader.Width; x++)
            {
                Assert.That(broader[x, y], Is.EqualTo(StrongestAround(digit, x - room, y - room, radius)), $"at {x}, {y}");
            }
        }
    }

    [Test]
    public void BringBetween_OfStrokesWithinTheRange_LeavesThem()
    {
        var digit = Draw((x, y) => Math.Abs(y) <= 3 && Math.Abs(x) <= 20);

        Assert.That(Stroke.BringBetween(digit, least: 2, most: 30), Is.SameAs(digit));
    }

    private static float StrongestAround(GreyImage image, int x, int y, double radius)
    {
        var strongest = 0f;
        for (var row = 0; row < image.Height; row++)
        {
            for (var column = 0; column < image.Width; column++)
            {
                var isNear = ((row - y) * (row - y)) + ((column - x) * (column - x)) <= radius * radius;
                strongest = isNear ? Math.Max(strongest, image[column, row]) : strongest;
            }
        }

        return strongest;
    }

    private static GreyImage Draw(Func<int, int, bool> isInk)
    {
        var image = new GreyImage(Side, Side);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                image[x, y] = isInk(x - (Side / 2), y - (Side / 2)) ? 1 : 0;
            }
        }

        return image;
    }
}
