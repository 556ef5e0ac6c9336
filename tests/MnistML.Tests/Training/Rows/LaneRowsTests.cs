using MnistML.Common;
using MnistML.Tests.Support;
using MnistML.Training.Group;
using MnistML.Training.Rows;

namespace MnistML.Tests.Training.Rows;

/// <summary>Each row is its own number, so that batches can be compared.</summary>
internal sealed class LaneRowsTests
{
    private const long MaxBytes = 1 << 20;

    [TestCase(100, 10, false)]
    [TestCase(101, 10, false)]
    [TestCase(101, 10, true)]
    [TestCase(109, 10, true)]
    [TestCase(7, 64, true)]
    [TestCase(1, 1, false)]
    [TestCase(23, 2, false)]
    public void ReadShuffled_GivesTheSameBatches_ForAnyNumberOfProcesses(int rows, int batchSize, bool joins)
    {
        var plan = new BatchPlan(rows, batchSize, joins);
        var alone = Batches(plan, size: 1, epoch: 3);

        Assert.That(alone.SelectMany(batch => batch.Values), Is.EquivalentTo(Enumerable.Range(0, rows)), "each row once");
        Assert.That(alone.Select(batch => batch.Count), Is.EqualTo(Enumerable.Range(0, plan.BatchCount).Select(plan.SizeOf)));
        foreach (var batch in alone)
        {
            Assert.That(batch.Keys, Is.EqualTo(Enumerable.Range(0, batch.Count)), "indices");
        }

        for (var size = 2; size <= 5; size++)
        {
            Assert.That(Batches(plan, size, epoch: 3), Is.EqualTo(alone), $"{size} processes");
        }

        if (rows > 2 * batchSize)
        {
            Assert.That(Batches(plan, size: 2, epoch: 4), Is.Not.EqualTo(alone), "another epoch");
        }
    }

    [Test]
    public void Prepare_HoldsEqualShares_AndRefusesMoreThanTheLimit()
    {
        const int Rows = 1_000;
        var passes = new RowPasses(Source(Rows, features: 100), Rows);
        var shares = ThreadGroup.Run(3, group =>
        {
            var lanes = new LaneRows(passes, TrainingGroup.Of(group), MaxBytes);
            lanes.Prepare(batchSize: 32, CancellationToken.None);
            return lanes.ReadInOrder(64, CancellationToken.None).Sum(batch => batch.RowCount);
        });
        Assert.That(shares, Is.EqualTo(new[] { 344, 344, 312 }), "32 lanes: 11, 11 and 10, and the first eight have a row more");

        const int ManyRows = 10_000;
        Assert.That(
            () => ThreadGroup.Run(2, group =>
            {
                new LaneRows(new RowPasses(Source(ManyRows, features: 100), ManyRows), TrainingGroup.Of(group), maxBytes: 20_000)
                    .Prepare(batchSize: 32, CancellationToken.None);
                return 0;
            }),
            Throws.InstanceOf<AggregateException>().With.Message.Contains("MaxCacheBytes"));
    }

    [Test]
    public void Prepare_ThrowsWhenTheSourceGivesAnotherNumberOfRows() => Assert.That(
        () => new LaneRows(new RowPasses(Source(10, features: 1), RowCount: 11), TrainingGroup.None, MaxBytes)
            .Prepare(batchSize: 2, CancellationToken.None),
        Throws.InvalidOperationException.With.Message.Contains("11 rows"));

    /// <summary>The row at each index of each batch, whichever process has it.</summary>
    private static Dictionary<int, int>[] Batches(BatchPlan plan, int size, int epoch)
    {
        var passes = new RowPasses(Source((int)plan.RowCount, features: 1), plan.RowCount);
        var ofRanks = ThreadGroup.Run(size, group =>
        {
            var rows = new LaneRows(passes, TrainingGroup.Of(group), MaxBytes);
            return rows.ReadShuffled(plan, new EpochSeeds(7, epoch), CancellationToken.None)
                .Select((batch, index) =>
                {
                    Assert.That(batch.RowCount + batch.OtherRowCount, Is.EqualTo(plan.SizeOf(index)));
                    Assert.That(batch.Seed, Is.EqualTo(new EpochSeeds(7, epoch).OfBatch(index)));
                    return Enumerable.Range(0, batch.RowCount).ToDictionary(row => batch.BatchIndices[row], row => ValueOf(batch, row));
                })
                .ToArray();
        });
        return
        [
            .. Enumerable.Range(0, plan.BatchCount)
                .Select(batch => ofRanks.SelectMany(ofRank => ofRank[batch]).OrderBy(entry => entry.Key).ToDictionary()),
        ];
    }

    private static int ValueOf(RowBatch batch, int row)
    {
        var features = new float[1];
        batch.CopyFeatures(row, features);
        return (int)features[0];
    }

    private static ArrayRows Source(int rows, int features) =>
        new(
            classCount: 1,
            [.. Enumerable.Range(0, rows).Select(row => (Enumerable.Range(row, features).Select(i => (float)i).ToArray(), 0))]);
}
