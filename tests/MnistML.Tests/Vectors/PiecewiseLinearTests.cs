using MnistML.Vectors;

namespace MnistML.Tests.Vectors;

/// <summary>Bins against the plain formula, at numbers of bins that fill vectors and that don't.</summary>
internal sealed class PiecewiseLinearTests
{
    [Test]
    public void Encode_OfAnyNumberOfBins_GivesThePlainFormula(
        [Values(1, 2, 3, 4, 5, 8, 11, 16, 21)] int count, [Values(-1e30f, -0.5f, 0.3f, 1.25f, 7, float.MaxValue)] float value)
    {
        var random = new Random(count);
        float[] lows = [.. Enumerable.Range(0, count).Select(bin => (bin / 4f) - 0.25f)];
        float[] slopes = [.. lows.Select(_ => 4f)];
        float[] means = [.. lows.Select(_ => random.NextSingle())];
        float[] steps = [.. lows.Select(_ => random.NextSingle() - 0.5f)];
        float[] bins = [.. Enumerable.Repeat(float.NaN, count + 2)];

        var sum = PiecewiseLinear.Encode(value, lows, slopes, means, steps, bins.AsSpan(1, count));

        double[] expected = [.. lows.Select((low, bin) => Math.Clamp(((double)value - low) * slopes[bin], 0, 1) - means[bin])];
        Assert.That(bins[1..^1], Is.EqualTo(expected).Within(1e-6));
        Assert.That(sum, Is.EqualTo(expected.Select((bin, i) => bin * steps[i]).Sum()).Within(1e-5));
        Assert.That((bins[0], bins[^1]), Is.EqualTo((float.NaN, float.NaN)), "only the bins are written");
    }
}
