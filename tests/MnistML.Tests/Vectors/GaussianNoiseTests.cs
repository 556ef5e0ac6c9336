using MnistML.Native;
using MnistML.Vectors;

namespace MnistML.Tests.Vectors;

internal sealed class GaussianNoiseTests
{
    private const int Rows = 400;

    /// <summary>Not a multiple of the numbers that are drawn together.</summary>
    private const int Features = 509;
    private const double Deviation = 0.3;

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void AddTo_ManyRows_AddsNormalNumbers()
    {
        double[] noise = [.. Draw(new GaussianNoise(1, Deviation)).Select(value => value / Deviation)];

        // Four standard errors of the moments of so many standard normal numbers.
        Assert.That(noise.Average(), Is.EqualTo(0).Within(4 / Math.Sqrt(noise.Length)));
        Assert.That(noise.Average(value => Math.Pow(value, 2)), Is.EqualTo(1).Within(4 * Math.Sqrt(2.0 / noise.Length)));
        Assert.That(noise.Average(value => Math.Pow(value, 3)), Is.EqualTo(0).Within(4 * Math.Sqrt(15.0 / noise.Length)));
        Assert.That(noise.Average(value => Math.Pow(value, 4)), Is.EqualTo(3).Within(4 * Math.Sqrt(96.0 / noise.Length)));

        // The normal distribution's tails, from its table.
        Assert.That(noise.Count(value => Math.Abs(value) > 1) / (double)noise.Length, Is.EqualTo(0.3173).Within(0.005));
        Assert.That(noise.Count(value => Math.Abs(value) > 2) / (double)noise.Length, Is.EqualTo(0.0455).Within(0.002));
        Assert.That(noise.Count(value => Math.Abs(value) > 3) / (double)noise.Length, Is.EqualTo(0.0027).Within(0.0005));
    }

    [Test]
    public void AddTo_NeighboursInRowsAndColumns_AreIndependent()
    {
        double[] noise = [.. Draw(new GaussianNoise(1, 1))];

        foreach (var distance in new[] { 1, 2, 15, 16, 31, 32, Features, Features + 1 })
        {
            var correlation = noise[distance..].Zip(noise, (later, earlier) => later * earlier).Average();
            Assert.That(correlation, Is.EqualTo(0).Within(4 / Math.Sqrt(noise.Length)), $"distance {distance}");
        }
    }

    [Test]
    public void AddTo_AnotherSeed_AddsOtherNumbers()
    {
        var noise = Draw(new GaussianNoise(1, Deviation));

        Assert.That(Draw(new GaussianNoise(1, Deviation)), Is.EqualTo(noise));
        Assert.That(Draw(new GaussianNoise(2, Deviation)).Zip(noise, (other, value) => other == value), Has.Exactly(0).True);
        Assert.That(Draw(new GaussianNoise(1UL << 32, Deviation)).Zip(noise, (other, value) => other == value), Has.Exactly(0).True);
    }

    [Test]
    public void AddTo_OfNoDeviation_LeavesFeaturesAsTheyAre()
    {
        float[] features = [1, 2, 3];

        GaussianNoise.None.AddTo(0, features);

        Assert.That(features, Is.EqualTo((float[])[1, 2, 3]));
    }

    /// <summary>The one weight is 1, so that the logit is what comes in: a feature of 10, less 4, over 2.</summary>
    private static double[] Draw(GaussianNoise noise)
    {
        var drawn = new List<double>();
        for (var row = 0; row < Rows; row++)
        {
            var features = new float[Features];
            noise.AddTo(row, features);
            drawn.AddRange(features.Select(value => (double)value));
        }

        return [.. drawn];
    }
}
