using MnistML.Vectors;

namespace MnistML.Tests.Vectors;

/// <summary>Sums of floats in double precision, against plain loops: bit for bit, since each value has one order.</summary>
internal sealed class DoubleSumsTests
{
    [Test]
    public void Sums_OfAnyLength_AreThoseOfPlainLoops([Values(0, 1, 7, 8, 15, 16, 17, 40, 100)] int length)
    {
        var (sums, products) = (Start(length, 1), Start(length, 2));
        var (differences, squares) = (Start(length, 3), Start(length, 4));
        var (x, y) = (Draw(length, 5), Draw(length, 6));

        DoubleSums.AddWithProduct(x, y, sums, products);
        DoubleSums.AddDifferences(x, y, differences, squares);

        for (var i = 0; i < length; i++)
        {
            var difference = (double)x[i] - y[i];
            Assert.Multiple(() =>
            {
                Assert.That(sums[i], Is.EqualTo(Start(length, 1)[i] + x[i]));
                Assert.That(products[i], Is.EqualTo(Start(length, 2)[i] + ((double)x[i] * y[i])));
                Assert.That(differences[i], Is.EqualTo(Start(length, 3)[i] + difference));
                Assert.That(squares[i], Is.EqualTo(Start(length, 4)[i] + (difference * difference)));
            });
        }
    }

    [Test]
    public void Sums_OfOtherLengths_AreRefused() => Assert.That(
        () => DoubleSums.AddWithProduct(new float[3], new float[3], new double[3], new double[2]), Throws.ArgumentException);

    private static float[] Draw(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 1000)];
    }

    private static double[] Start(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextDouble())];
    }
}
