using Microsoft.ML.OnnxRuntime;
using MnistML.Scoring.Cursors;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

/// <summary>Batches that threads score beside the one that reads. How many threads there are does not depend on the machine here.</summary>
internal sealed class BatchQueueTests
{
    private static readonly MlpModelParameters Model = Networks.Random(new MlpArchitecture(3, [5], 4), seed: 1);

    /// <summary>Far more than a batch takes on any machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private LogitsCase _case = null!;

    [SetUp]
    public void Create() => _case = new LogitsCase(Model);

    [TearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void Batches_OnAllCores_AreTwoForEachOfEightAtMost()
    {
        using var queue = new BatchQueue(_case.Mapper);

        Assert.That(queue.Batches, Has.Count.EqualTo(2 * Math.Min(Environment.ProcessorCount, 8)));
    }

    [TestCase(1, new[] { 0, 128 })]
    [TestCase(3, new[] { 0, 128, 256, 384, 512, 640 })]
    public void Batches_OnSomeThreads_AreTwoForEachAndFollowOneAnother(int threadCount, int[] firstRows)
    {
        using var queue = new BatchQueue(_case.Mapper, threadCount);

        Assert.That(queue.Batches.Select(batch => batch.FirstRow), Is.EqualTo(firstRows));
        Assert.That(queue.Capacity, Is.EqualTo(2 * 128 * threadCount));
    }

    /// <summary>A batch holds 1,048,576 features, but 128 rows at most and one at least.</summary>
    [TestCase(1, 128)]
    [TestCase(8_192, 128)]
    [TestCase(8_193, 127)]
    [TestCase(100_000, 10)]
    [TestCase(1_048_577, 1)]
    public void Batches_OfAnyNumberOfFeatures_HoldAsManyRowsAsMemoryAllows(int featureCount, int rowCount)
    {
        using var wide = new LogitsCase(Networks.Random(new MlpArchitecture(featureCount, [1], 2), seed: 2));
        using var queue = new BatchQueue(wide.Mapper, threadCount: 1);

        Assert.That(queue.Batches.Select(batch => batch.Capacity), Is.EqualTo([rowCount, rowCount]));
    }

    [Test]
    public void Constructor_WhereTheSessionCannotBeOpened_ThrowsItsError()
    {
        using var broken = new LogitsCase(Model, output: "Features");

        Assert.That(() => new BatchQueue(broken.Mapper), Throws.InstanceOf<OnnxRuntimeException>());
        Assert.That(broken.Transformer.IsSessionOpen, Is.False);
    }

    [Test]
    public void Add_ABatchThatNobodyWaitsFor_IsScored()
    {
        using var queue = new BatchQueue(_case.Mapper, threadCount: 2);
        var batch = queue.Batches[0];

        for (var round = 0; round < 3; round++)
        {
            Fill(batch, seed: round);
            queue.Add(batch);
            AssertScoredByOthers(batch);
        }
    }

    [Test]
    public void Add_ManyBatchesAtOnceAgainAndAgain_AreAllScoredWithoutWaiting()
    {
        using var queue = new BatchQueue(_case.Mapper, threadCount: 3);

        for (var round = 0; round < 50; round++)
        {
            foreach (var batch in queue.Batches)
            {
                Fill(batch, seed: batch.FirstRow + round);
                queue.Add(batch);
            }

            foreach (var batch in queue.Batches)
            {
                AssertScoredByOthers(batch);
            }
        }
    }

    [Test]
    public void WaitFor_OnOneThread_ScoresUpToThatBatch()
    {
        using var queue = new BatchQueue(_case.Mapper, threadCount: 1);
        var batches = queue.Batches;
        Fill(batches[0], seed: 1);
        Fill(batches[1], seed: 2);
        queue.Add(batches[1]);
        queue.Add(batches[0]);

        queue.WaitFor(batches[1]);
        Assert.That(batches.Select(batch => batch.IsScored), Is.EqualTo([false, true]));
        queue.WaitFor(batches[0]);
        Assert.That(batches.Select(batch => batch.IsScored), Is.EqualTo([true, true]));
        AssertLogits(batches[0]);
        AssertLogits(batches[1]);
    }

    [Test]
    public void WaitFor_ABatchWhoseScoringFailed_ThrowsItsError([Values(1, 2)] int threadCount)
    {
        using var queue = new BatchQueue(_case.Mapper, threadCount);
        var (broken, whole) = (queue.Batches[0], queue.Batches[1]);
        Fill(broken, seed: 1);
        Fill(whole, seed: 2);
        broken.Dispose();
        queue.Add(broken);
        queue.Add(whole);

        Assert.That(
            () => queue.WaitFor(broken),
            Throws.TypeOf<ObjectDisposedException>().With.Message.StartsWith("The cursor or prediction engine was disposed."));
        Assert.That(() => queue.WaitFor(whole), Throws.Nothing);
        AssertLogits(whole);
    }

    [Test]
    public void Dispose_WithQueuedBatches_FreesEachAfterItsScoring([Values(1, 2)] int threadCount)
    {
        var queue = new BatchQueue(_case.Mapper, threadCount);
        foreach (var batch in queue.Batches)
        {
            Fill(batch, seed: 1);
            queue.Add(batch);
        }

        _case.Transformer.Dispose();
        Assert.That(_case.Transformer.IsSessionOpen, Is.True, "the batches use it");
        queue.Dispose();

        Assert.That(queue.Batches.Select(batch => batch.IsScored), Is.All.True);
        Assert.That(_case.Transformer.IsSessionOpen, Is.False);
    }

    private static void AssertScoredByOthers(LogitsBatch batch)
    {
        Assert.That(() => batch.IsScored, Is.True.After((int)Patience.TotalMilliseconds, 1), "nobody waits for the batch");
        AssertLogits(batch);
    }

    /// <summary>The column of logits holds the logarithms of the probabilities.</summary>
    private static void AssertLogits(LogitsBatch batch)
    {
        for (var row = 0; row < batch.RowCount; row += 50)
        {
            var probabilities = PlainNetwork.Probabilities(Model, batch.InputsOf(row).ToArray());
            Assert.That(batch.LogitsOf(row).ToArray(), Is.EqualTo(probabilities.Select(value => Math.Log(value))).Within(1e-5));
        }
    }

    /// <summary>Fills all rows of a batch but the last.</summary>
    private static void Fill(LogitsBatch batch, int seed)
    {
        var random = new Random(seed);
        batch.RowCount = batch.Capacity - 1;
        for (var row = 0; row < batch.RowCount; row++)
        {
            foreach (ref var feature in batch.InputsOf(row))
            {
                feature = random.NextSingle();
            }
        }
    }
}
