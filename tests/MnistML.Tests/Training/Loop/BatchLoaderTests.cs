using MnistML.Common;
using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Network.Features;
using MnistML.Network.Losses;
using MnistML.Tests.Support;
using MnistML.Training.Augmentation;
using MnistML.Training.Loop;
using MnistML.Training.Rows;
using MnistML.Training.Rows.Stores;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Tests.Training.Loop;

/// <summary>The way of a batch, step by step, against the same steps by plain loops.</summary>
internal sealed class BatchLoaderTests
{
    private const int Features = 6;
    private const int RowCount = 21;
    private const ulong BatchSeed = 7;

    private static readonly MlpTrainer.Options Options = new() { InputNoise = 0.2, Augmentation = new MlpAugmentation(2, 3) };
    private static readonly FeatureScale Scale =
        new([.. Enumerable.Range(0, Features).Select(i => i / 10.0)], [.. Enumerable.Range(1, Features).Select(i => i / 4.0)]);

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void LoadRows_OfAnyNumberOfWorkers_DistortsThenScalesThenAddsNoise([Values(1, 3)] int workers)
    {
        using var buffer = Load(workers, ScalarType.Float32);
        var distorter = new ImageDistorter(Options.Augmentation!);
        for (var row = 0; row < RowCount; row++)
        {
            var expected = FeaturesOf(row);
            distorter.Distort(expected, Seeds.ForAugmentation(BatchSeed, row));
            for (var i = 0; i < Features; i++)
            {
                expected[i] = (float)((expected[i] - Scale.Means[i]) / Scale.Deviations[i]);
            }

            new GaussianNoise(Seeds.ForNoise(BatchSeed), Options.InputNoise).AddTo(row, expected);

            Assert.That(TensorValues.ToSingles(buffer.Inputs.Tensor[row]), Is.EqualTo(expected).Within(1e-5), $"row {row}");
        }
    }

    [Test]
    public void LoadRows_InBFloat16_RoundsTheSameValues()
    {
        using var rounded = Load(workers: 2, ScalarType.BFloat16);
        using var exact = Load(workers: 2, ScalarType.Float32);

        Assert.That(
            TensorValues.ToSingles(rounded.Inputs.Tensor.narrow(0, 0, RowCount)),
            Is.EqualTo(TensorValues.ToSingles(exact.Inputs.Tensor.narrow(0, 0, RowCount).to(ScalarType.BFloat16))));
    }

    [Test]
    public void Begin_OfABatch_TakesTargetsWeightsAndSeed()
    {
        using var buffer = Load(workers: 1, ScalarType.Float32);

        Assert.That(buffer.RowCount, Is.EqualTo(RowCount));
        Assert.That(
            buffer.Targets.Take(RowCount).Select(target => target.Class), Is.EqualTo(Enumerable.Range(0, RowCount).Select(row => row % 2)));
        Assert.That(
            buffer.LossFactors.Take(RowCount),
            Is.EqualTo(Enumerable.Range(0, RowCount).Select(row => row % 2 == 0 ? 0.5 : 1.5)).Within(0.05));
        Assert.That(buffer.DropoutSeed, Is.EqualTo(Seeds.ForDropout(BatchSeed)));
    }

    private static float[] FeaturesOf(int row) => [.. Enumerable.Range(0, Features).Select(i => ((row * 7) + (i * 3)) % 11 / 11f)];

    private static InputBuffer Load(int workers, ScalarType type)
    {
        var source = new ArrayRows(2, [.. Enumerable.Range(0, RowCount).Select(row => (FeaturesOf(row), row % 2))]);
        var statistics = new RowStatistics(source, MlpFeatureScaling.None, hasChecksum: false);
        var store = new CompactRowStore(Features, maxBytes: 0, minRows: RowCount);
        for (var row = 0; row < RowCount; row++)
        {
            var (features, target) = (FeaturesOf(row), new Target(row % 2, Value: 0, Weight: 1));
            statistics.Add(FeatureRow.Dense(features), target);
            store.Append(FeatureRow.Dense(features), target);
        }

        var batch = new RowBatch(RowCount);
        batch.Begin(BatchSeed);
        batch.Append(store, [.. Enumerable.Range(0, RowCount)]);
        var buffer = new InputBuffer(RowCount, Features, type);
        using var network = new MlpNetwork(
            new MlpArchitecture(Features, [], 2), new NetworkSettings { Encoder = new FeatureEncoder(Scale) });
        var loader = new BatchLoader(Options, new RowWeights(MlpClassWeights.Explicit(1, 3), statistics), network, workers);
        loader.Begin(batch, buffer);
        Parallel.For(0, workers, loader.LoadRows);
        return buffer;
    }
}
