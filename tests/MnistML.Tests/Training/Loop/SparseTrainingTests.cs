using MnistML.Common;
using MnistML.Native;
using MnistML.Network.Losses;
using MnistML.Tests.Support;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Tests.Training.Loop;

/// <summary>A training that computes with the features that are not zero is the dense training, up to rounding.</summary>
internal sealed class SparseTrainingTests
{
    private const int Features = 1_500;
    private const int Classes = 4;
    private const int RowCount = 200;
    private const int EntriesOfRow = 12;

    private static readonly MlpTrainer.Options Options = new()
    {
        HiddenLayers = [40, 10],
        MaxEpochs = 3,
        BatchSize = 32,
        Seed = 1,
        SparseFeatures = true,
    };

    private static readonly MlpTrainer.Options[] Variants =
    [
        Options,
        Options with { ThreadCount = 1 },
        Options with { HiddenLayers = [] },
        Options with { HiddenLayers = [17], Activation = MlpActivation.Tanh, BatchNormalization = false },
        Options with { Members = 3, HiddenLayers = [8, 7] },
        Options with { DropoutRate = 0.3, GradientClipNorm = 0.5 },
        Options with { Optimizer = MlpOptimizer.Adam(0.003) },
        Options with { Optimizer = MlpOptimizer.Adam(0.003, weightDecay: 0.01) },
        Options with { Optimizer = MlpOptimizer.Sgd(0.2, momentum: 0.9) },
        Options with { Optimizer = MlpOptimizer.Sgd(0.2, momentum: 0.9, nesterov: true) },
        Options with { Optimizer = MlpOptimizer.Sgd(0.2, momentum: 0.9, weightDecay: 1e-3) },
        Options with { Optimizer = MlpOptimizer.Sgd(0.2, weightDecay: 1e-2) },
        Options with { FeatureScaling = MlpFeatureScaling.None },
        Options with { ValidationFraction = 0.2, BatchNormalization = false }, // whose biases move by rounding alone
        Options with { ClassWeights = MlpClassWeights.Balanced },
    ];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Run_OfSparseFeatures_HasTheLossCurveOfADenseTraining([Range(0, 14)] int variant)
    {
        var sparse = Train(Variants[variant]);
        var dense = Train(Variants[variant] with { SparseFeatures = false, FeatureScaling = Scaling(variant) });

        for (var epoch = 0; epoch < Options.MaxEpochs; epoch++)
        {
            Assert.That(sparse.History[epoch].TrainLoss, Is.EqualTo(dense.History[epoch].TrainLoss).Within(1e-4), $"epoch {epoch + 1}");
            Assert.That(sparse.History[epoch].ValidationLoss, Is.EqualTo(dense.History[epoch].ValidationLoss).Within(2e-4));
        }
    }

    /// <summary>The dense way computes by another product; the gradient of libtorch's differentiation is a third way.</summary>
    [Test]
    public void Run_OfSparseFeatures_HasTheWeightsOfAutograd()
    {
        var options = Options with { Optimizer = MlpOptimizer.Sgd(0.1, momentum: 0.9) };

        var sparse = Train(options).Model.Layers[0].Weights.ToArray();
        var dense = Train(options, usesAutograd: true).Model.Layers[0].Weights.ToArray();

        Assert.That(sparse, Is.EqualTo(dense).Within(5e-5));
    }

    [Test]
    public void Run_OnAnyNumberOfThreads_GivesTheSameLosses([Values(2, 3)] int threads)
    {
        var one = Train(Options with { ThreadCount = 1 });
        var many = Train(Options with { ThreadCount = threads });

        Assert.That(many.History.Select(epoch => epoch.TrainLoss), Is.EqualTo(one.History.Select(epoch => epoch.TrainLoss)).Within(1e-5));
    }

    /// <summary>A batch of so many rows and features would take more than 2 GiB, which a dense training refuses.</summary>
    [Test]
    public void Run_OfVeryManyFeatures_HoldsNoDenseBatch()
    {
        const int Rows = 600;
        var options = Options with { HiddenLayers = [2], BatchSize = Rows, FeatureScaling = MlpFeatureScaling.None };
        var data = TrainingData.Read(new WideRows(Rows, featureCount: 1 << 20), validationSource: null, options, seed: 1);

        var sparse = new TrainingLoop(data, options, seed: 1).Run();

        Assert.That(sparse.History, Has.Count.EqualTo(3));
        Assert.That(
            () => new TrainingLoop(data, options with { SparseFeatures = false }, seed: 1).Run(),
            Throws.ArgumentException.With.Message.Contains("takes more than 2 GiB"));
    }

    [Test]
    public void Run_Twice_GivesTheSameBits() => Assert.That(
        Train(Options).Model.ComputeHash(), Is.EqualTo(Train(Options).Model.ComputeHash()));

    /// <summary>Rows that come without their zeros, as most sparse columns give them, or with them.</summary>
    [Test]
    public void Run_OfRowsInEitherForm_GivesTheSameBits() => Assert.That(
        Train(Options, rowsAreSparse: true).Model.ComputeHash(), Is.EqualTo(Train(Options).Model.ComputeHash()));

    /// <summary>The least limit there is: rows of 20 blocks pass through windows of a few.</summary>
    [Test]
    public void Run_OfStreamedRows_LearnsAsWell()
    {
        var rows = Rows(RowCount * 40);
        var streamed = Train(Options with { MaxCacheBytes = 1 << 20 }, rows, out var isStreamed);
        var held = Train(Options, rows, out var isHeld);

        Assert.That((isStreamed, isHeld), Is.EqualTo((true, false)));
        Assert.That(streamed.History[^1].TrainLoss, Is.EqualTo(held.History[^1].TrainLoss).Within(20).Percent);
    }

    private static MlpFeatureScaling Scaling(int variant) =>
        Variants[variant].FeatureScaling == MlpFeatureScaling.Auto ? MlpFeatureScaling.MaxAbsAboveOne : Variants[variant].FeatureScaling;

    private static TrainingResult Train(MlpTrainer.Options options, bool usesAutograd = false, bool rowsAreSparse = false)
    {
        var source = new ArrayRows(Classes, Rows(RowCount)) { AreSparse = rowsAreSparse };
        var data = TrainingData.Read(source, validationSource: null, options, seed: 1);
        return new TrainingLoop(data, options, seed: 1) { UsesAutograd = usesAutograd }.Run();
    }

    private static TrainingResult Train(MlpTrainer.Options options, (float[] Features, int Label)[] rows, out bool isStreamed)
    {
        var data = TrainingData.Read(new ArrayRows(Classes, rows) { AreSparse = true }, validationSource: null, options, seed: 1);
        isStreamed = data.Train is StreamedRows;
        return new TrainingLoop(data, options, seed: 1).Run();
    }

    /// <summary>Rows of two entries each, of very many features.</summary>
    private sealed class WideRows(int rowCount, int featureCount) : IRowSource
    {
        public int FeatureCount => featureCount;

        public int ClassCount => 2;

        public string Name => "training data";

        public IRowReader Open(ulong? shuffleSeed) => new Reader(rowCount, featureCount);

        private sealed class Reader(int rowCount, int featureCount) : IRowReader
        {
            private int _read;

            public bool Read(out RowFeatures features, out Target target)
            {
                features = new RowFeatures(featureCount, (float[])[1, 0.5f], (int[])[_read, featureCount - 1]);
                target = new Target(_read % 2, Value: 0, Weight: 1);
                return _read++ < rowCount;
            }

            public void Dispose()
            {
            }
        }
    }

    /// <summary>Words of which each class has some of its own, among others; the last words occur in one row only.</summary>
    private static (float[] Features, int Label)[] Rows(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(row =>
            {
                var (features, label) = (new float[Features], random.Next(Classes));
                for (var i = 0; i < EntriesOfRow; i++)
                {
                    var isOfClass = random.NextDouble() < 0.3;
                    features[isOfClass ? (label * 100) + random.Next(100) : random.Next(Features)] = random.NextSingle();
                }

                return (features, label);
            }),
        ];
    }
}
