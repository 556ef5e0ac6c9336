using MnistML.Native;
using MnistML.Network;
using MnistML.Tests.Support;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Tests.Network;

/// <summary>The evaluator against plain loops in double precision, over the model that the network becomes.</summary>
internal sealed class NetworkEvaluatorTests
{
    private const int Features = 3;

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Compute_OfBatchesOfOtherSizes_EqualsPlainLoops(
        [Values(MlpActivation.Relu, MlpActivation.Gelu)] MlpActivation activation,
        [Values(1, 4)] int members,
        [Values(1, 2)] int outputs,
        [Values(false, true)] bool isNormalized,
        [Values(false, true)] bool hasFactors)
    {
        using var scope = torch.NewDisposeScope();
        using var network = Create(activation, members, outputs, isNormalized, hasFactors);
        using var evaluator = new NetworkEvaluator(network);
        var model = network.ToModelParameters();
        var rows = Rows(evaluator.RowCapacity);

        foreach (var rowCount in new[] { 7, 1, evaluator.RowCapacity, 3 })
        {
            var start = rowCount == rows.Length ? 0 : rowCount;
            var computed = evaluator.Compute(rowCount, Matrix(rows), [.. Enumerable.Range(start, rowCount)]);

            Assert.That(computed.shape, Is.EqualTo(new long[] { rowCount, members, outputs }));
            for (var row = 0; row < Math.Min(rowCount, 8); row++)
            {
                for (var member = 0; member < members; member++)
                {
                    Assert.That(
                        TensorValues.ToSingles(computed[row, member]),
                        Is.EqualTo(PlainNetwork.Logits(model.Members[member], rows[start + row])).Within(2e-5),
                        $"{rowCount} rows, row {row}, member {member}");
                }
            }
        }
    }

    [Test]
    public void Compute_OfOneMember_EqualsItsOutputsAmongAll([Values(0, 2)] int member, [Values(false, true)] bool isNormalized)
    {
        using var scope = torch.NewDisposeScope();
        using var network = Create(MlpActivation.Relu, members: 3, outputs: 2, isNormalized, hasFactors: true);
        using var ofAll = new NetworkEvaluator(network);
        using var ofOne = new NetworkEvaluator(network, member);
        var rows = Rows(9);

        var computed = ofOne.Compute(rows.Length, Matrix(rows));

        Assert.That(ofOne.RowCapacity, Is.GreaterThan(ofAll.RowCapacity));
        Assert.That(computed.shape, Is.EqualTo(new long[] { rows.Length, 1, 2 }));
        Assert.That(
            TensorValues.ToSingles(computed),
            Is.EqualTo(TensorValues.ToSingles(
                ofAll.Compute(rows.Length, Matrix(rows)).select(1, member))).Within(1e-5));
    }

    [Test]
    public void Compute_OfManyBatches_AllocatesNoTensorThatStays()
    {
        using var network = Create(MlpActivation.Tanh, members: 2, outputs: 2, isNormalized: true, hasFactors: true);
        var before = torch.Tensor.TotalCount;
        using (var evaluator = new NetworkEvaluator(network))
        {
            var held = torch.Tensor.TotalCount;
            for (var batch = 0; batch < 5; batch++)
            {
                using var scope = torch.NewDisposeScope();
                evaluator.Compute(2, new MatrixRows([.. Enumerable.Repeat((float)batch, 2 * Features)], Features));
            }

            Assert.That(torch.Tensor.TotalCount, Is.EqualTo(held));
        }

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    private static MatrixRows Matrix(float[][] rows) => new([.. rows.SelectMany(row => row)], Features);

    private static MlpNetwork Create(MlpActivation activation, int members, int outputs, bool isNormalized, bool hasFactors)
    {
        var task = outputs == 1 ? MlpTask.Binary : MlpTask.Multiclass;
        var network = new MlpNetwork(
            new MlpArchitecture(Features, [6, 5], outputs, activation, task, members),
            new NetworkSettings { BatchNormalization = isNormalized, HasFeatureFactors = hasFactors });
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(3);
        MlpInitializer.Normal(0.6).Initialize(network, generator);
        if (network.FactorOffsets is { } offsets)
        {
            TensorValues.Set(offsets, [0.1f, -0.05f, 0.2f]);
        }

        for (var step = 0; isNormalized && step < 5; step++)
        {
            using var noGradient = torch.no_grad();
            network.ForwardTraining(torch.tensor(Rows(20).SelectMany(row => row).ToArray()).reshape(20, Features), DropoutMask.None);
        }

        return network;
    }

    private static float[][] Rows(int count)
    {
        var random = new Random(8);
        return [.. Enumerable.Range(0, count).Select(_ => Row())];

        float[] Row() => [.. Enumerable.Range(0, Features).Select(_ => (4 * random.NextSingle()) - 2)];
    }
}
