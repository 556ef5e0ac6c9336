using MnistML.Training.Features;

namespace MnistML.Tests.Training.Features;

internal sealed class BinEdgesTests
{
    [TestCase(new float[] { 5, 5, 5 }, new float[0], Description = "A constant")]
    [TestCase(new float[] { 0, 0, 1 }, new float[0], Description = "Two values")]
    [TestCase(new float[] { 1, 2, 2, 7 }, new float[] { 1, 2, 7 }, Description = "Each value an edge")]
    public void Choose_OfFewValues_GivesEachAnEdge(float[] values, float[] expected) =>
        Assert.That(BinEdges.Choose(values, maxBins: 4), Is.EqualTo(expected));

    [Test]
    public void Choose_OfManyValues_LiesAtQuantiles() =>
        Assert.That(
            BinEdges.Choose([.. Enumerable.Range(0, 101).Select(i => (float)(i * i))], maxBins: 4),
            Is.EqualTo(new float[] { 0, 25 * 25, 50 * 50, 75 * 75, 100 * 100 }));

    /// <summary>Nine values of ten are zero: quantiles alone would give one bin to all the others.</summary>
    [Test]
    public void Choose_OfANearlyConstantFeature_GivesTheFrequentValueOneEdgeAndTheOthersTheRest()
    {
        float[] values = [.. Enumerable.Repeat(0f, 900), .. Enumerable.Range(1, 100).Select(i => (float)i)];

        var edges = BinEdges.Choose(values, maxBins: 4);

        Assert.That(edges, Is.EqualTo(new float[] { 0, 1, 34, 67, 100 }));
    }

    [Test]
    public void Choose_OfAnyValues_AscendsAndHasAFiniteSlope([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var values = new float[random.Next(1, 300)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(5) switch
            {
                0 => 0,
                1 => random.Next(4),
                2 => (float)(random.NextDouble() * 1e-42),
                3 => (random.NextSingle() - 0.5f) * float.MaxValue * 1.9f,
                _ => random.NextSingle(),
            };
        }

        Array.Sort(values);
        var edges = BinEdges.Choose(values, random.Next(1, 20));

        Assert.That(edges, Has.Length.Not.EqualTo(1));
        foreach (var (low, high) in edges.Zip(edges.Skip(1)))
        {
            Assert.That(high, Is.GreaterThan(low));
            Assert.That(float.IsFinite(high - low) && float.IsFinite(1 / (high - low)), $"{low:R} to {high:R}");
        }
    }
}
