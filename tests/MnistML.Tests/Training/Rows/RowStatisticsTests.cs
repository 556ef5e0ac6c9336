using MnistML.Tests.Support;
using MnistML.Network.Losses;
using MnistML.Training.Rows;

namespace MnistML.Tests.Training.Rows;

internal sealed class RowStatisticsTests
{
    [Test]
    public void FeatureScale_OfColumnsOfAnyScale_IsMeanAndDeviation()
    {
        var random = new Random(1);
        float[][] rows =
            [.. Enumerable.Range(0, 1_000)
                .Select(_ => (float[])[random.NextSingle(), 1e6f + random.NextSingle(), 1e-6f * random.NextSingle(), 7, 0])];

        var scale = Collect(rows).FeatureScale!;

        for (var slot = 0; slot < 5; slot++)
        {
            var mean = rows.Average(row => (double)row[slot]);
            var deviation = Math.Sqrt(rows.Average(row => (row[slot] - mean) * (row[slot] - mean)));
            Assert.That(scale.Means[slot], Is.EqualTo(mean).Within(1e-9).Percent);
            Assert.That(scale.Deviations[slot], Is.EqualTo(deviation > 0 ? deviation : 1).Within(1e-6).Percent);
        }
    }

    /// <summary>scikit-learn's own example of StandardScaler: [[0, 0], [0, 0], [1, 1], [1, 1]] has means and deviations of 0.5.</summary>
    [Test]
    public void FeatureScale_OfScikitLearnsExample_IsItsOwn()
    {
        var scale = Collect([[0, 0], [0, 0], [1, 1], [1, 1]]).FeatureScale!;

        Assert.That(scale.Means, Is.EqualTo([0.5, 0.5]));
        Assert.That(scale.Deviations, Is.EqualTo([0.5, 0.5]));
    }

    [Test]
    public void FeatureScale_Bounded_LeavesNoValueBeyondFiveDeviations()
    {
        // One row of a thousand has ink; the second column is as any other.
        var random = new Random(1);
        float[][] rows = [.. Enumerable.Range(0, 1_000).Select(row => (float[])[row == 7 ? 1 : 0, random.NextSingle(), row == 8 ? -3 : 0])];

        var scale = Collect(rows, MlpFeatureScaling.BoundedStandardize).FeatureScale!;

        var plain = Collect(rows).FeatureScale!;
        Assert.That((1 - scale.Means[0]) / scale.Deviations[0], Is.EqualTo(5).Within(1e-9));
        Assert.That((-3 - scale.Means[2]) / scale.Deviations[2], Is.EqualTo(-5).Within(1e-9));
        Assert.That(scale.Deviations[1], Is.EqualTo(plain.Deviations[1]));
        Assert.That((1 - plain.Means[0]) / plain.Deviations[0], Is.GreaterThan(30));
    }

    [Test]
    public void Checksum_OfOtherRows_IsAnother()
    {
        uint[] checksums =
        [
            Collect([[1, 2, 3], [4, 5, 6]]).Checksum,
            Collect([[4, 5, 6], [1, 2, 3]]).Checksum,
            Collect([[1, 2, 3], [4, 5, 7]]).Checksum,
            Collect([[1, 2, -0f], [4, 5, 6]]).Checksum,
            Collect([[1, 2, 0], [4, 5, 6]]).Checksum,
        ];

        Assert.That(checksums, Is.Unique);
        Assert.That(Collect([[1, 2, 3], [4, 5, 6]]).Checksum, Is.EqualTo(checksums[0]));
    }

    private static RowStatistics Collect(float[][] rows, MlpFeatureScaling scaling = MlpFeatureScaling.Standardize)
    {
        var statistics = new RowStatistics(new ArrayRows(1, [.. rows.Select(row => (row, 0))]), scaling, hasChecksum: true);
        foreach (var row in rows)
        {
            statistics.Add(row, new Target(Class: 0, Value: 0, Weight: 1));
        }

        return statistics;
    }
}
