using MnistML.Native;
using MnistML.Tests.Support;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Tests.Training.Group;

/// <summary>Trainings by several ranks against the same by one, and against one without a group.</summary>
internal sealed class GroupTrainingTests
{
    private const int Classes = 4;

    private static readonly MlpTrainer.Options Plain = new()
    {
        HiddenLayers = [48, 24],
        BatchNormalization = false,
        FeatureScaling = MlpFeatureScaling.BoundedStandardize,
        FeatureEncoding = MlpFeatureEncoding.None,
        Optimizer = MlpOptimizer.AdamW(0.002, epsilon: 1e-4),
        Schedule = MlpSchedule.Constant,
        Precision = MlpPrecision.Single,
        BatchSize = 64,
        MaxEpochs = 2,
        Members = 1,
        ThreadCount = 1,
    };

    private static readonly (float[] Features, int Label)[] Rows = Draw(192);

    private static IEnumerable<TestCaseData> Variants()
    {
        yield return Named(Plain, "plain");
        yield return Named(Plain with { DropoutRate = 0.3 }, "dropout");
        yield return Named(Plain with { InputNoise = 0.2 }, "noise");
        yield return Named(Plain with { GradientClipNorm = 0.05, Optimizer = MlpOptimizer.Sgd(0.5) }, "clipping");
        yield return Named(Plain with { BatchNormalization = true }, "batch normalisation");
        yield return Named(Plain with { ClassWeights = MlpClassWeights.Balanced, LabelSmoothing = 0.1 }, "class weights");
        yield return Named(Plain with { Augmentation = new MlpAugmentation(6, 6) }, "augmentation");
        yield return Named(Plain with { Members = 3, OutOfFold = true, CalibrateTemperature = true }, "folds");
        yield return Named(Plain with { LearnedFeatureFactors = true, FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(4) }, "bins");
        yield return Named(Plain with { ValidationFraction = 0.25, EarlyStopping = new MlpEarlyStopping(1) }, "validation");
        yield return Named(Plain with { BatchSize = 191, BatchNormalization = true }, "joined row");
        yield return Named(Plain with { BatchSize = 191, DropoutRate = 0.3 }, "last batch of one row");
        yield return Named(Plain with { BatchSize = 95, BatchNormalization = true, DropoutRate = 0.2 }, "last batch of two rows");
        yield return Named(Plain with { BatchSize = 2, MaxEpochs = 1 }, "batches smaller than the group");
        yield return Named(Plain with { Precision = MlpPrecision.BFloat16, BatchNormalization = true }, "bfloat16");
        yield return Named(
            Plain with { Schedule = MlpSchedule.DoublingCycles(1), MaxEpochs = 3, Members = 2, BatchNormalization = true }, "cycles");

        static TestCaseData Named(MlpTrainer.Options options, string name) => new TestCaseData(options).SetArgDisplayNames(name);
    }

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCaseSource(nameof(Variants))]
    public void Run_GivesTheSameNetwork_ByAnyNumberOfRanks(MlpTrainer.Options options)
    {
        var one = Train(1, options).Single();
        var three = Train(3, options);

        var isRounded = options.Precision == MlpPrecision.BFloat16;
        Assert.Multiple(() =>
        {
            Assert.That(three.Select(Bits), Has.All.EqualTo(Bits(three[0])), "all ranks");
            Assert.That(
                three[0].History.Select(epoch => epoch.TrainLoss),
                Is.EqualTo(one.History.Select(epoch => epoch.TrainLoss)).Within(isRounded ? 2e-2 : 1e-4));
            Assert.That(
                three[0].History.Select(epoch => epoch.ValidationLoss ?? epoch.OutOfFoldLoss),
                Is.EqualTo(one.History.Select(epoch => epoch.ValidationLoss ?? epoch.OutOfFoldLoss)).Within(isRounded ? 2e-2 : 2e-4));
            Assert.That(three[0].History[0].TrainAccuracy, Is.EqualTo(one.History[0].TrainAccuracy).Within(0.02));
            Assert.That(three[0].Temperature, Is.EqualTo(one.Temperature).Within(1e-2));
            Assert.That(
                three[0].History.Select(epoch => epoch with { Seconds = 0 }),
                Is.EqualTo(three[2].History.Select(epoch => epoch with { Seconds = 0 })),
                "histories are those of rank 0");
        });
    }

    [Test]
    public void Run_GivesTheSameBits_WhenRepeated()
    {
        var first = Bits(Train(2, Everything)[0]);
        var again = Bits(Train(2, Everything)[0]);
        Assert.That(again, Is.EqualTo(first));
    }

    [Test]
    public void Run_GivesTheSameBitsInAllRanks_WhenTheirThreadCountsDiffer()
    {
        var options = Everything with { HiddenLayers = [512, 512], BatchSize = 192 };
        var results = ThreadGroup.Run(2, group => Train(group, options with { ThreadCount = group.Rank + 1 }));
        Assert.That(Bits(results[1]), Is.EqualTo(Bits(results[0])));
    }

    /// <summary>
    /// With one batch an epoch the order of the rows does not matter, so the group must learn what libtorch's own derivatives do.
    /// </summary>
    [Test]
    public void Run_OfWholeBatches_EqualsAutogradOfOneProcess([Values] bool normalizes, [Values(1, 2, 3)] int members)
    {
        var options = Plain with { BatchSize = Rows.Length, BatchNormalization = normalizes, Members = members, MaxEpochs = 4 };
        var data = TrainingData.Read(new ArrayRows(Classes, Rows), validationSource: null, options, seed: 1);
        var alone = new TrainingLoop(data, options, seed: 1) { UsesAutograd = true }.Run();

        var together = Train(3, options)[0];

        Assert.That(
            together.History.Select(epoch => epoch.TrainLoss),
            Is.EqualTo(alone.History.Select(epoch => epoch.TrainLoss)).Within(2e-4));
        foreach (var (expected, found) in LayersOf(alone).Zip(LayersOf(together)))
        {
            Assert.That(found.Weights.ToArray(), Is.EqualTo(expected.Weights.ToArray()).Within(5e-4));
        }
    }

    [Test]
    public void Run_WithStatisticsOfEachRank_SendsNoneAndEndsAlike()
    {
        var options = Plain with { BatchNormalization = true, ValidationFraction = 0.25 };
        var calls = new int[2];
        var local = ThreadGroup.Run(2, group =>
        {
            var result = Train(group, options with { BatchStatistics = MlpBatchStatistics.Local });
            calls[group.Rank] = group.CallCount;
            return result;
        });
        var synchronizedCalls = 0;
        var synchronized = ThreadGroup.Run(2, group =>
        {
            var result = Train(group, options);
            synchronizedCalls = group.CallCount;
            return result;
        });

        const int SumsOfStep = 4; // Two normalised layers, forward and backward.
        var steps = local[0].History.Count * 3;
        var averages = local[0].History.Count * SumsOfStep; // The running averages of rank 0, after each epoch.
        Assert.Multiple(() =>
        {
            Assert.That(Bits(local[1]), Is.EqualTo(Bits(local[0])));
            Assert.That(synchronizedCalls - calls[0], Is.EqualTo((steps * SumsOfStep) - averages));
            Assert.That(local[0].History[^1].ValidationLoss, Is.Not.EqualTo(synchronized[0].History[^1].ValidationLoss));
            Assert.That(local[0].History[^1].ValidationLoss, Is.EqualTo(synchronized[0].History[^1].ValidationLoss).Within(0.5));
        });
    }

    [Test]
    public void Run_FromAnInitialModel_DoesNotDependOnTheNumberOfRanks()
    {
        var options = Plain with { BatchNormalization = true, MaxEpochs = 1 };
        var initial = Train(1, options)[0].Model;
        var (one, three) = (TrainFrom(1), TrainFrom(3));
        Assert.That(three.History[0].TrainLoss, Is.EqualTo(one.History[0].TrainLoss).Within(1e-4));

        TrainingResult TrainFrom(int size) => ThreadGroup.Run(size, group =>
        {
            var ofGroup = options with { Group = group };
            return new TrainingLoop(Read(ofGroup), ofGroup, seed: 1, initial).Run();
        })[0];
    }

    [Test]
    public void Run_WhoseSumsAreNotTheSameBits_IsEndedAfterTheEpoch()
    {
        var failures = Assert.Throws<AggregateException>(() => ThreadGroup.Run(3, group => Train(new UnequalSums(group), Plain)))!;
        Assert.That(failures.InnerExceptions, Has.All.InstanceOf<InvalidOperationException>());
        Assert.That(
            failures.InnerExceptions.Select(failure => failure.Message),
            Has.All.StartsWith("After epoch 1 the weights of rank 1 are not those of rank 0"));
    }

    /// <summary>A group whose sums differ in one bit in one rank.</summary>
    private sealed class UnequalSums(ThreadGroup group) : IMlpGroup
    {
        public int Rank => group.Rank;

        public int Size => group.Size;

        public void Sum(Span<float> values)
        {
            group.Sum(values);
            if (Rank == 1)
            {
                values[0] = MathF.BitIncrement(values[0] + 1e-6f);
            }
        }

        public void Sum(Span<double> values) => group.Sum(values);

        public void Broadcast(Span<byte> values) => group.Broadcast(values);

        public void Abort(string reason) => group.Abort(reason);
    }

    private static MlpTrainer.Options Everything => Plain with
    {
        DropoutRate = 0.2,
        InputNoise = 0.1,
        BatchNormalization = true,
        GradientClipNorm = 0.3,
        ClassWeights = MlpClassWeights.Balanced,
        ValidationFraction = 0.2,
    };

    private static TrainingResult[] Train(int size, MlpTrainer.Options options) => ThreadGroup.Run(size, group => Train(group, options));

    private static TrainingResult Train(IMlpGroup group, MlpTrainer.Options options)
    {
        var ofGroup = options with { Group = group };
        return new TrainingLoop(Read(ofGroup), ofGroup, seed: 1).Run();
    }

    private static TrainingData Read(MlpTrainer.Options options) =>
        TrainingData.Read(new ArrayRows(Classes, Rows), validationSource: null, options, seed: 1);

    private static int[] Bits(TrainingResult result) =>
        [.. LayersOf(result).SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];

    private static IEnumerable<MlpLayerParameters> LayersOf(TrainingResult result) =>
        result.Model.Members.SelectMany(member => member.Layers);

    private static (float[] Features, int Label)[] Draw(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var label = random.Next(Classes);
                return (Enumerable.Range(0, 36).Select(slot => random.NextSingle() + (slot % Classes == label ? 0.3f : 0)).ToArray(),
                    label);
            }),
        ];
    }
}
