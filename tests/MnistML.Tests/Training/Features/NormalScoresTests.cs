using MnistML.Training.Features;

namespace MnistML.Tests.Training.Features;

internal sealed class NormalScoresTests
{
    /// <summary>From tables of the normal distribution, as scipy.stats.norm.ppf gives them.</summary>
    [TestCase(0.5, 0)]
    [TestCase(0.975, 1.959963984540054)]
    [TestCase(0.025, -1.959963984540054)]
    [TestCase(0.8413447460685429, 1)]
    [TestCase(0.001, -3.090232306167813)]
    [TestCase(0.999, 3.090232306167813)]
    [TestCase(0.02, -2.053748910631823)]
    public void QuantileAt_OfKnownShares_GivesThem(double share, double expected) =>
        Assert.That(NormalScores.QuantileAt(share), Is.EqualTo(expected).Within(1e-8));

    [Test]
    public void At_AnyTail_HasMeanZeroAndDeviationOne()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 2_000).Select(_ => MathF.Exp(4 * random.NextSingle() * random.NextSingle()))];
        Array.Sort(values);
        var edges = BinEdges.Choose(values, maxBins: 16);

        var scores = NormalScores.At(edges, values);

        double[] ofRows = [.. values.Select(value => Interpolate(edges, scores, value))];
        var mean = ofRows.Average();
        Assert.That(mean, Is.Zero.Within(1e-5));
        Assert.That(Math.Sqrt(ofRows.Average(score => (score - mean) * (score - mean))), Is.EqualTo(1).Within(1e-5));
        Assert.That(scores, Is.Ordered.Ascending);
        Assert.That(scores[8], Is.Zero.Within(0.1), "the median");
    }

    private static double Interpolate(float[] edges, float[] scores, float value)
    {
        var bin = Math.Clamp(Array.FindLastIndex(edges, edge => edge <= value), 0, edges.Length - 2);
        return scores[bin] + ((value - edges[bin]) / (edges[bin + 1] - edges[bin]) * (scores[bin + 1] - scores[bin]));
    }
}
