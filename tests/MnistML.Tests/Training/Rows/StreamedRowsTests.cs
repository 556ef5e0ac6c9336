using MnistML.Common;
using MnistML.Native;
using MnistML.Tests.Support;
using MnistML.Training.Rows;
using MnistML.Training.Sampling;

namespace MnistML.Tests.Training.Rows;

internal sealed class StreamedRowsTests
{
    private const int RowCount = 3_000;
    private const int FeatureCount = 200;
    private const long MaxBytes = 1 << 20;

    /// <summary>The first feature is the row's number; others are of all kinds, so that the rows don't fit into a window.</summary>
    private static readonly (float[] Features, int Label)[] Rows = CreateRows();

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void ReadShuffled_OfManyWindows_GivesEachRowOnceInAnotherOrder()
    {
        var streamed = new StreamedRows(new RowPasses(new ArrayRows(3, Rows), RowCount), MaxBytes);

        var read = Read(streamed.ReadShuffled(new BatchPlan(RowCount, 64, false), new EpochSeeds(1, 1), CancellationToken.None));

        Assert.That(read.Select(row => row.Number).Order(), Is.EqualTo(Enumerable.Range(0, RowCount)));
        Assert.That(read.Select(row => row.Number), Is.Not.Ordered);
        Assert.That(read.All(row => row.Label == row.Number % 3 && row.Last == Rows[row.Number].Features[^1]));
        Assert.That(
            Read(streamed.ReadShuffled(new BatchPlan(RowCount, 64, false), new EpochSeeds(1, 1), CancellationToken.None)), Is.EqualTo(read),
            "the same seed");
        Assert.That(
            Read(streamed.ReadShuffled(new BatchPlan(RowCount, 64, false), new EpochSeeds(2, 1), CancellationToken.None)),
            Is.Not.EqualTo(read), "another seed");
    }

    [Test]
    public void ReadShuffled_OfASourceThatCanShuffle_LetsIt()
    {
        var source = new ArrayRows(3, Rows) { CanShuffle = true };
        var streamed = new StreamedRows(new RowPasses(source, RowCount), MaxBytes);

        var read = Read(streamed.ReadShuffled(new BatchPlan(RowCount, 64, false), new EpochSeeds(5, 1), CancellationToken.None));

        Assert.That(source.Seeds, Is.EqualTo(new ulong?[] { new EpochSeeds(5, 1).Shuffling }));
        Assert.That(read.Take(100).Max(row => row.Number), Is.GreaterThan(RowCount / 2), "rows from everywhere in the first window");
        Assert.That(read.Select(row => row.Number).Order(), Is.EqualTo(Enumerable.Range(0, RowCount)));
    }

    [Test]
    public void ReadShuffled_OfSplitRows_GivesThoseOfItsPart()
    {
        var split = new StratifiedSplit([RowCount / 3, RowCount / 3, RowCount / 3], 0.1, seed: 4);
        var source = new ArrayRows(3, Rows) { CanShuffle = true };
        var train = new StreamedRows(new RowPasses(source, RowCount - 300) { Split = split }, MaxBytes);
        var validation = new StreamedRows(new RowPasses(source, 300) { Split = split, IsValidation = true }, MaxBytes);

        var trained = Read(train.ReadShuffled(new BatchPlan(train.RowCount, 64, false), new EpochSeeds(1, 1), CancellationToken.None));
        var validated = Read(validation.ReadInOrder(64, CancellationToken.None));

        Assert.That(validated.Select(row => row.Number), Is.Ordered);
        Assert.That(validated.CountBy(row => row.Label).Select(pair => pair.Value), Is.All.EqualTo(100));
        Assert.That(trained.Concat(validated).Select(row => row.Number).Order(), Is.EqualTo(Enumerable.Range(0, RowCount)));
    }

    [TestCase(RowCount - 1)]
    [TestCase(RowCount + 1)]
    public void ReadShuffled_OfAnotherNumberOfRowsThanCounted_SaysSo(int counted)
    {
        var streamed = new StreamedRows(new RowPasses(new ArrayRows(3, Rows), counted), MaxBytes);

        Assert.That(
            () => Read(streamed.ReadShuffled(new BatchPlan(counted, 64, false), new EpochSeeds(1, 1), CancellationToken.None)),
            Throws.InvalidOperationException.With.Message.EqualTo(
            $"The training data gave {counted} rows with labels at first, and another number when they were read again. Its rows must be "
            + "the same at each pass; mlContext.Data.Cache makes them so."));
    }

    [Test]
    public void ReadShuffled_OfASourceThatFails_FailsAsItDoes()
    {
        var source = new ArrayRows(3, Rows) { Reading = row => _ = row == 2_000 ? throw new FormatException("row 2000") : 0 };
        var streamed = new StreamedRows(new RowPasses(source, RowCount), MaxBytes);

        Assert.That(() => Read(streamed.ReadShuffled(new BatchPlan(RowCount, 64, false), new EpochSeeds(1, 1), CancellationToken.None)),
            Throws.TypeOf<FormatException>().With.Message.EqualTo("row 2000"));
    }

    [Test]
    public void ReadShuffled_WhenLeftEarly_StopsReading()
    {
        var lastRow = 0;
        var source = new ArrayRows(3, Rows) { Reading = row => lastRow = row };
        var streamed = new StreamedRows(new RowPasses(source, RowCount), MaxBytes);

        _ = streamed.ReadShuffled(new BatchPlan(RowCount, 64, false), new EpochSeeds(1, 1), CancellationToken.None).First().RowCount;

        var afterwards = lastRow;
        Thread.Sleep(50);
        Assert.That(lastRow, Is.EqualTo(afterwards).And.LessThan(RowCount));
    }

    [Test]
    public void ReadShuffled_WhenCancelled_StopsWhileItWaitsForRows()
    {
        using var cancellation = new CancellationTokenSource();
        var source = new ArrayRows(3, Rows)
        {
            Reading = row =>
            {
                if (row == 100)
                {
                    cancellation.Cancel();
                }
            },
        };
        var streamed = new StreamedRows(new RowPasses(source, RowCount), MaxBytes);

        Assert.That(
            () => Read(streamed.ReadShuffled(new BatchPlan(RowCount, 64, false), new EpochSeeds(1, 1), cancellation.Token)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static (int Number, int Label, float Last)[] Read(IEnumerable<RowBatch> batches)
    {
        var read = new List<(int Number, int Label, float Last)>();
        foreach (var batch in batches)
        {
            var features = new float[FeatureCount];
            for (var row = 0; row < batch.RowCount; row++)
            {
                batch.CopyFeatures(row, features);
                read.Add(((int)features[0], batch.TargetOf(row).Class, features[^1]));
            }
        }

        return [.. read];
    }

    private static (float[] Features, int Label)[] CreateRows()
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, RowCount).Select(row =>
                ((float[])[row, .. Enumerable.Range(0, FeatureCount - 1).Select(_ => random.NextSingle())], row % 3)),
        ];
    }
}
