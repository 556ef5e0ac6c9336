using MnistML.Network.Features;
using MnistML.Network.Losses;
using MnistML.Tests.Support;
using MnistML.Training.Choices;
using MnistML.Training.Features;
using MnistML.Training.Rows;
using MnistML.Training.Sampling;

namespace MnistML.Tests.Training.Features;

/// <summary>What is learned of features for their encoding: of training rows alone, and of few values, constants and heavy tails.</summary>
internal sealed class EncoderFittingTests
{
    private const int RowCount = 500;

    /// <summary>A heavy tail, zeros and ones, a constant, three values.</summary>
    private static readonly float[][] Rows =
    [
        .. Enumerable.Range(0, RowCount).Select(row => new[] { MathF.Exp(row / 20f), row % 5 == 0 ? 1 : 0, 7, row % 3 }),
    ];

    [Test]
    public void Fit_OfQuantilesAndBins_EncodesEachFeatureByItsValues()
    {
        var encoder = Fit(new MlpTrainer.Options())!;
        var inputs = Inputs(encoder);

        var bins = encoder.Encoding!.Columns.Where(column => column.IsBin).CountBy(column => column.Feature).ToDictionary();
        Assert.That(bins, Is.EquivalentTo(new Dictionary<int, int> { [0] = 16, [3] = 2 }));
        Assert.That(encoder.Encoding.Columns.Where(column => !column.IsBin).Select(column => column.Feature), Is.EqualTo([1, 2]));
        for (var input = 0; input < encoder.InputCount; input++)
        {
            double[] values = [.. inputs.Select(row => (double)row[input])];
            Assert.That(values.Average(), Is.Zero.Within(1e-5), $"the mean of input {input}");
            if (input is 0 or 1 or 3)
            {
                Assert.That(Math.Sqrt(values.Average(value => value * value)), Is.EqualTo(1).Within(1e-4), $"the deviation of {input}");
            }
        }

        // The score is not the tail's slave: it is the rank's.
        Assert.That(inputs[^1][0], Is.LessThan(3.5));
        Assert.That(inputs[RowCount / 2][0], Is.Zero.Within(0.05));
    }

    [Test]
    public void Fit_OfBinsAlone_KeepsEachFeaturesOwnValue()
    {
        var encoder = Fit(new MlpTrainer.Options { FeatureScaling = MlpFeatureScaling.Standardize })!;

        Assert.That(encoder.Encoding!.ValueCount, Is.EqualTo(4));
        Assert.That(encoder.InputCount, Is.EqualTo(4 + 16 + 2));
    }

    [Test]
    public void Fit_OfScoresAlone_HasNoBinsAmongItsInputs()
    {
        var encoder = Fit(new MlpTrainer.Options
        {
            FeatureScaling = MlpFeatureScaling.Quantile,
            FeatureEncoding = MlpFeatureEncoding.None,
        })!;

        Assert.That(encoder.InputCount, Is.EqualTo(4));
        Assert.That(encoder.Encoding!.Columns, Has.Count.EqualTo(2 + 16 + 2));
    }

    [Test]
    public void Fit_WithAGivenEncoding_KeepsItsColumns()
    {
        MlpEncodedColumn[] columns = [new(1), new(2), new(3), new(0, 1, 5), new(0, 5, 1e6f), new(3, 0.5f, 2)];
        var given = new MlpEncoding(4, columns);

        foreach (var scaling in Enum.GetValues<MlpFeatureScaling>())
        {
            var encoder = Fit(new MlpTrainer.Options { FeatureScaling = scaling }, given)!;
            Assert.That(encoder.Encoding, Is.EqualTo(given), $"{scaling}");
        }
    }

    [Test]
    public void Fit_OfNoScalingAndNoEncoding_IsNone() => Assert.That(
        Fit(new MlpTrainer.Options { FeatureScaling = MlpFeatureScaling.None, FeatureEncoding = MlpFeatureEncoding.None }), Is.Null);

    private static FeatureEncoder? Fit(MlpTrainer.Options options, MlpEncoding? given = null)
    {
        var source = new ArrayRows(1, [.. Rows.Select(row => (row, 0))]);
        var statistics = new RowStatistics(source, options.FeatureScaling, hasChecksum: false, new RowSample(4, seed: 1));
        Array.ForEach(Rows, row => statistics.Add(FeatureRow.Dense(row), new Target(Class: 0, Value: 0, Weight: 1)));
        return EncoderFitting.Fit(
            TrainingChoices.Of(
                options, FeatureKind.Table, featureCount: 4, manyValuedCount: 4, RowCount, classCount: 2, initialModel: null),
            statistics,
            given,
            threadCount: 2);
    }

    private static float[][] Inputs(FeatureEncoder encoder) => Array.ConvertAll(Rows, row =>
    {
        var inputs = new float[encoder.InputCount];
        encoder.Encode(row, inputs, new float[encoder.ScratchSize]);
        return inputs;
    });
}
