using MnistML.Tests.Support;
using MnistML.Training.Sampling;

namespace MnistML.Tests.Training.Sampling;

internal sealed class RowSampleTests
{
    /// <summary>As wide as leaves room for the least number of rows.</summary>
    private const int Wide = 1 << 17;
    private const int Capacity = 64;

    [Test]
    public void Add_OfFewRows_KeepsAll()
    {
        var sample = new RowSample(featureCount: 2, seed: 1);
        sample.Add(FeatureRow.Dense(3, 10));
        sample.Add(FeatureRow.Dense(1, 20));
        sample.Add(FeatureRow.Dense(2, 0));

        Assert.That(sample.Sorted(0), Is.EqualTo(new float[] { 1, 2, 3 }));
        Assert.That(sample.Sorted(1), Is.EqualTo(new float[] { 0, 10, 20 }));
    }

    /// <summary>Of 10,000 rows, a sample of 64 has a mean within four standard errors of theirs, and some of the last rows.</summary>
    [Test]
    public void Add_OfMoreRowsThanThereIsRoomFor_KeepsAnEvenPart()
    {
        const int RowCount = 10_000;
        var sample = new RowSample(Wide, seed: 1);
        var row = new float[Wide];
        for (var i = 0; i < RowCount; i++)
        {
            row[0] = i;
            sample.Add(FeatureRow.Dense(row));
        }

        var values = sample.Sorted(0);
        Assert.That(values, Has.Length.EqualTo(Capacity).And.Unique);
        Assert.That(values.Average(), Is.EqualTo(RowCount / 2).Within(4 * RowCount / Math.Sqrt(12 * Capacity)));
    }
}
