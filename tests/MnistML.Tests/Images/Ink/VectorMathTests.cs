using MnistML.Images.Ink;

namespace MnistML.Tests.Images.Ink;

internal sealed class VectorMathTests
{
    private static readonly int[] Lengths = [0, 1, 7, 16, 33, 10_000];

    [TestCaseSource(nameof(Lengths))]
    public void Loops_OfAnyLength_AreThoseOfOneValueAtATime(int length)
    {
        var (values, others) = (Draw(length, seed: 1), Draw(length, seed: 2));
        var (scaled, greater) = (others.ToArray(), others.ToArray());

        VectorMath.AddScaled(values, 0.75f, scaled);
        VectorMath.TakeGreater(values, greater);
        var (sum, count) = VectorMath.SumAbove(values, 0.25f);

        Assert.That(scaled, Is.EqualTo(others.Zip(values, (other, value) => other + (0.75f * value))).Within(1e-6f));
        Assert.That(greater, Is.EqualTo(others.Zip(values, Math.Max)));
        Assert.That(VectorMath.Dot(values, others), Is.EqualTo(values.Zip(others, (a, b) => (double)a * b).Sum()).Within(0.05));
        Assert.That(VectorMath.Greatest(values), Is.EqualTo(values.Append(0).Max()));
        Assert.That(count, Is.EqualTo(values.Count(value => value > 0.25f)));
        Assert.That(sum, Is.EqualTo(values.Where(value => value > 0.25f).Sum(value => (double)value)).Within(1e-2));
    }

    [Test]
    public void Greatest_OfNegativeValues_IsZero() => Assert.That(VectorMath.Greatest([-3, -1]), Is.Zero);

    /// <summary>From -1 to 1.</summary>
    private static float[] Draw(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
