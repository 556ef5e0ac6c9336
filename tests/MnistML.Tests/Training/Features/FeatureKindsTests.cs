using MnistML.Datasets;
using MnistML.Datasets.Synthetic;
using MnistML.Tests.Support;
using MnistML.Training.Choices;
using MnistML.Training.Features;
using MnistML.Training.Sampling;

namespace MnistML.Tests.Training.Features;

internal sealed class FeatureKindsTests
{
    private const int RowCount = 300;

    [Test]
    public void Of_DrawnDigits_IsImages() =>
        Assert.That(KindOf([.. SyntheticPixels(28)]), Is.EqualTo(FeatureKind.Images));

    [Test]
    public void Of_DigitsOfEightByEight_IsImages() =>
        Assert.That(KindOf([.. SyntheticPixels(28).Select(Shrink)]), Is.EqualTo(FeatureKind.Images));

    [TestCase(16, 16, Description = "Letters: sixteen whole numbers")]
    [TestCase(784, 256, Description = "Unrelated columns of one scale")]
    [TestCase(300, 2, Description = "Zeros and ones")]
    [TestCase(3, 1_000_000, Description = "Numbers")]
    public void Of_UnrelatedColumns_IsATable(int features, int values)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, RowCount)
            .Select(_ => Enumerable.Range(0, features).Select(_ => (float)random.Next(values)).ToArray());

        Assert.That(KindOf([.. rows]), Is.EqualTo(FeatureKind.Table));
    }

    [Test]
    public void Of_WordsThatAreRare_IsSparseText()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, RowCount)
            .Select(_ => Enumerable.Range(0, 2_000).Select(_ => random.Next(100) == 0 ? random.NextSingle() : 0).ToArray());

        Assert.That(KindOf([.. rows]), Is.EqualTo(FeatureKind.SparseText));
    }

    [Test]
    public void Of_OneRow_IsATable() => Assert.That(KindOf([new float[100]]), Is.EqualTo(FeatureKind.Table));

    [Test]
    public void CountOfManyValued_OfColumns_CountsThoseOfMoreThanTwoValues() => Assert.That(
        FeatureKinds.CountOfManyValued(SampleOf([[0, 1, 5, 0, 7], [0, 0, 5, 1, 7], [0, 1, 5, 2, 7], [1, 0, 5, 2, 8], [0, 0, 5, 2, 9]])),
        Is.EqualTo(2));

    [Test]
    public void CountOfManyValued_OfOneRow_IsZero() => Assert.That(FeatureKinds.CountOfManyValued(SampleOf([[1, 2, 3]])), Is.Zero);

    private static FeatureKind KindOf(float[][] rows) => FeatureKinds.Of(SampleOf(rows));

    private static RowSample SampleOf(float[][] rows)
    {
        var sample = new RowSample(rows[0].Length, seed: 1);
        foreach (var row in rows)
        {
            sample.Add(FeatureRow.Dense(row));
        }

        return sample;
    }

    private static IEnumerable<float[]> SyntheticPixels(int side)
    {
        var (images, _) = SyntheticDigits.Draw(RowCount, seed: 3, DigitSplit.Train);
        return images.Select(pixel => (float)pixel).Chunk(side * side);
    }

    /// <summary>The mean of four by four pixels, every third pixel, in sixteen steps.</summary>
    private static float[] Shrink(float[] pixels)
    {
        var small = new float[64];
        for (var i = 0; i < small.Length; i++)
        {
            var (y, x) = Math.DivRem(i, 8);
            var first = ((2 + (y * 3)) * 28) + 2 + (x * 3);
            small[i] = MathF.Round(Enumerable.Range(0, 16).Average(at => pixels[first + (at / 4 * 28) + (at % 4)]) / 16);
        }

        return small;
    }
}
