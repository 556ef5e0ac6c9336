using MnistML.Network;
using MnistML.Training;
using TorchSharp;

namespace MnistML.Tests.Training;

internal sealed class TrainingSetBuilderTests
{
    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(5L, 3, TestName = "Build_OfFewerRowsThanExpected_HoldsThoseAppended")]
    [TestCase(3L, 3, TestName = "Build_OfAsManyRowsAsExpected_HoldsThem")]
    [TestCase(2L, 5, TestName = "Build_OfMoreRowsThanExpected_HoldsThemAll")]
    [TestCase(0L, 2, TestName = "Build_WhereNoneWereExpected_HoldsThem")]
    [TestCase(null, 4, TestName = "Build_OfAnUnknownNumberOfRows_HoldsThem")]
    public void Build_OfRows_HoldsThem(long? expectedRows, int rows)
    {
        using var scope = torch.NewDisposeScope();
        using var builder = new TrainingSetBuilder(featureCount: 3, classCount: 4, expectedRows);
        for (var row = 0; row < rows; row++)
        {
            float[] features = [row, row + 0.5f, -row];
            features.CopyTo(builder.AppendRow(row % 4));
        }

        using var set = builder.Build();

        Assert.That(set.Features.shape, Is.EqualTo(new long[] { rows, 3 }));
        Assert.That(set.Features.data<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, rows).SelectMany(row => new[] { row, row + 0.5f, -row })));
        Assert.That(set.Labels.data<long>().ToArray(), Is.EqualTo(Enumerable.Range(0, rows).Select(row => (long)row % 4)));
        Assert.That((set.FeatureCount, set.ClassCount, set.RowCount), Is.EqualTo((3, 4, (long)rows)));
    }

    [Test]
    public void Build_OfManyPieces_JoinsThem()
    {
        // Rows of 4 MiB: a piece of 64 MiB holds 16 of them.
        const int FeatureCount = 1 << 20;
        using var builder = new TrainingSetBuilder(FeatureCount, classCount: 1, expectedRows: null);
        for (var row = 0; row < 35; row++)
        {
            var features = builder.AppendRow(0);
            features.Clear();
            (features[0], features[^1]) = (row, -row);
        }

        using var set = builder.Build();
        using var scope = torch.NewDisposeScope();

        Assert.That(set.RowCount, Is.EqualTo(35));
        Assert.That(set.Features.select(1, 0).data<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, 35).Select(row => (float)row)));
        Assert.That(set.Features.select(1, FeatureCount - 1).data<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, 35).Select(row => -(float)row)));
    }

    [Test]
    public void Dispose_OfBuilderAndSet_LeavesNoLiveTensor()
    {
        var before = torch.Tensor.TotalCount;
        using (var builder = new TrainingSetBuilder(featureCount: 2, classCount: 1, expectedRows: 1))
        {
            builder.AppendRow(0).Clear();
            builder.AppendRow(0).Clear();
            using var set = builder.Build();
        }

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    [TestCase(10, 3, 4)]
    [TestCase(9, 3, 3)]
    [TestCase(2, 3, 1)]
    public void BatchCount_OfRows_CountsALastBatchThatIsNotFull(int rows, int batchSize, int expected)
    {
        using var builder = new TrainingSetBuilder(featureCount: 1, classCount: 1, rows);
        for (var row = 0; row < rows; row++)
        {
            builder.AppendRow(0).Clear();
        }

        using var set = builder.Build();

        Assert.That(set.BatchCount(batchSize), Is.EqualTo(expected));
    }
}
