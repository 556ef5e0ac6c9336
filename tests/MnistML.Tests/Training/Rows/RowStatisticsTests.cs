using MnistML.Network.Losses;
using MnistML.Tests.Support;
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
    public void TargetScale_OfLabelsOfAnySize_IsMeanAndDeviation([Values(1e-37f, 1, 1e33f)] float factor, [Values(0, 1e4f)] float offset)
    {
        float[] labels = [.. Enumerable.Range(0, 100).Select(row => ((row % 7) + offset) * factor)];

        var scale = CollectLabels(labels).TargetScale;

        var mean = labels.Average(label => (double)label);
        Assert.That(scale.Mean, Is.EqualTo(mean).Within(1e-9).Percent);
        Assert.That(
            scale.Deviation, Is.EqualTo(Math.Sqrt(labels.Average(label => Math.Pow(label - mean, 2)))).Within(1e-4).Percent);
        Assert.That(scale.Standardize(labels[0]), Is.EqualTo((labels[0] - mean) / scale.Deviation).Within(1e-4).Percent);
    }

    [Test]
    public void TargetScale_OfOneLabel_HasADeviationOfOne()
    {
        var statistics = CollectLabels([0.1f, 0.1f, 0.1f]);

        Assert.That(statistics.TargetScale, Is.EqualTo(new TargetScale(0.1f, 1)));
        Assert.That(statistics.HasOneLabel);
        Assert.That(CollectLabels([0.1f, 0.1f, 0.2f]).HasOneLabel, Is.False);
    }

    [Test]
    public void Checksum_OfOtherLabels_IsAnother() => Assert.That(
        ((float[][])[[1, 2], [2, 1], [1, 2.5f], [0, 2], [-0f, 2]]).Select(labels => CollectLabels(labels).Checksum), Is.Unique);

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

    private static RowStatistics CollectLabels(float[] labels)
    {
        var statistics = new RowStatistics(new ArrayRows(1, [([0], 0)]), MlpFeatureScaling.None, hasChecksum: true);
        foreach (var label in labels)
        {
            statistics.Add(FeatureRow.Dense(0), new Target(Class: 0, label, Weight: 1));
        }

        return statistics;
    }

    private static RowStatistics Collect(
        float[][] rows, MlpFeatureScaling scaling = MlpFeatureScaling.Standardize, bool isSparse = false)
    {
        var statistics = new RowStatistics(new ArrayRows(1, [.. rows.Select(row => (row, 0))]), scaling, hasChecksum: true);
        foreach (var row in rows)
        {
            statistics.Add(isSparse ? FeatureRow.Sparse(row) : FeatureRow.Dense(row), new Target(Class: 0, Value: 0, Weight: 1));
        }

        return statistics;
    }
}
