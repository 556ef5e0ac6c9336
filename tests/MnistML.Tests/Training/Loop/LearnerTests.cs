using MnistML.Native;
using MnistML.Network.Backprop;
using MnistML.Tests.Support;
using MnistML.Training.Loop;
using MnistML.Training.Rows;
using TorchSharp;

namespace MnistML.Tests.Training.Loop;

/// <summary>Whole trainings by hand-written derivatives on several threads, against the same by libtorch's own.</summary>
internal sealed class LearnerTests
{
    private const int Classes = 4;

    /// <summary>Large enough for several threads.</summary>
    private static readonly MlpTrainer.Options Plain = new()
    {
        HiddenLayers = [208, 64],
        BatchNormalization = false,
        FeatureScaling = MlpFeatureScaling.None,
        Optimizer = MlpOptimizer.Sgd(0.1),
        Schedule = MlpSchedule.Constant,
        Precision = MlpPrecision.Single,
        BatchSize = 96,
        MaxEpochs = 3,
        ThreadCount = 3,
    };

    private static readonly MlpTrainer.Options Everything = Plain with
    {
        DropoutRate = 0.25,
        InputNoise = 0.2,
        BatchNormalization = true,
        FeatureScaling = MlpFeatureScaling.BoundedStandardize,
        Optimizer = MlpOptimizer.AdamW(0.002),
        Schedule = MlpSchedule.OneCycle(),
        LabelSmoothing = 0.1,
        ClassWeights = MlpClassWeights.Balanced,
        GradientClipNorm = 0.5,
        ValidationFraction = 0.2,
    };

    private static readonly (float[] Features, int Label)[] Rows = Draw(500);

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void PlainOptions_AreWorthThreeThreads() =>
        Assert.That(
            AutoThreads.Choose(3, new MlpArchitecture(Rows[0].Features.Length, Plain.HiddenLayers, Classes), Plain.BatchSize),
            Is.EqualTo(3));

    [Test]
    public void Run_OfPlainDescent_EqualsAutograd() => AssertSame(Plain);

    [Test]
    public void Run_OfEachOptimizer_EqualsAutograd([Values("momentum", "nesterov", "decay", "adam", "adamw")] string name) =>
        AssertSame(Plain with
        {
            Optimizer = name switch
            {
                "momentum" => MlpOptimizer.Sgd(0.05, 0.9),
                "nesterov" => MlpOptimizer.Sgd(0.05, 0.9, nesterov: true, weightDecay: 0.01),
                "decay" => MlpOptimizer.Sgd(0.05, weightDecay: 0.1),
                "adam" => MlpOptimizer.Adam(0.001, epsilon: 1e-4, weightDecay: 0.01),
                _ => MlpOptimizer.AdamW(0.001, epsilon: 1e-4, weightDecay: 0.5),
            },
        });

    [Test]
    public void Run_WithClippedGradients_EqualsAutograd() =>
        AssertSame(Plain with { GradientClipNorm = 0.05, Optimizer = MlpOptimizer.Sgd(1) });

    [Test]
    public void Run_WithEverything_EqualsAutograd() => AssertSame(Everything with { Optimizer = MlpOptimizer.AdamW(0.002, epsilon: 1e-3) });

    [Test]
    public void Run_AboveTheCache_EqualsAutograd() => AssertSame(Plain with { MaxCacheBytes = 1 << 20, MaxEpochs = 2 }, Draw(6_000));

    [Test]
    public void Run_InBFloat16_LearnsAsWell()
    {
        var options = Plain with { MaxEpochs = 20, Optimizer = MlpOptimizer.Sgd(0.03) };
        var single = Train(options).History[^1];
        var rounded = Train(options with { Precision = MlpPrecision.BFloat16 }).History[^1];

        Assert.That(rounded.TrainLoss, Is.Not.EqualTo(single.TrainLoss));
        Assert.That(rounded.TrainLoss, Is.EqualTo(single.TrainLoss).Within(5).Percent);
        Assert.That(rounded.TrainAccuracy, Is.EqualTo(single.TrainAccuracy).Within(0.02).And.GreaterThan(0.8));
    }

    [Test]
    public void Run_InBFloat16_UpdatesWeightsInSingle()
    {
        // Steps that are far smaller than a step of bfloat16 add up all the same.
        var options = Plain with { Optimizer = MlpOptimizer.Sgd(1e-5), MaxEpochs = 1, Precision = MlpPrecision.BFloat16 };
        var weights = Train(options).Model.Layers[0].Weights.ToArray();

        Assert.That(weights.Count(weight => (BitConverter.SingleToUInt32Bits(weight) & 0xFFFF) != 0), Is.GreaterThan(weights.Length / 2));
    }

    [Test]
    public void Run_OnSeveralThreads_GivesTheSameBitsEachTime([Values(MlpPrecision.Single, MlpPrecision.BFloat16)] MlpPrecision precision)
    {
        var options = Everything with { Precision = precision };
        var once = Bits(Train(options));

        Assert.That(Bits(Train(options)), Is.EqualTo(once));
        Assert.That(
            Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => Bits(Train(options))).ToArray(),
            Is.All.EqualTo(once), "four at once");
    }

    [Test]
    public void Run_OnOtherNumbersOfThreads_DiffersByRoundingAtMost()
    {
        var weights = new[] { 1, 2, 3 }.Select(threads => Train(Plain with { ThreadCount = threads }).Model.Layers[0].Weights.ToArray())
            .ToArray();

        Assert.That(weights[1], Is.EqualTo(weights[0]).Within(1e-5));
        Assert.That(weights[2], Is.EqualTo(weights[0]).Within(1e-5));
    }

    [Test]
    public void Run_OnSeveralThreads_LeavesNothingBehind()
    {
        var (tensors, threads) = (torch.Tensor.TotalCount, torch.get_num_threads());

        Train(Everything with { Precision = MlpPrecision.BFloat16 });

        Assert.That((torch.Tensor.TotalCount, torch.get_num_threads()), Is.EqualTo((tensors, threads)));
        var ofAnotherThread = 0;
        var thread = new Thread(() => ofAnotherThread = torch.get_num_threads());
        thread.Start();
        thread.Join();
        Assert.That(ofAnotherThread, Is.EqualTo(threads), "a thread that asks for the first time");
    }

    [Test]
    public void Run_WithAClock_TimesEachPhase()
    {
        var timer = new PhaseTimer();
        Train(Plain, timer: timer);

        Assert.That(Enum.GetValues<Phase>().Select(timer.SecondsOf), Is.All.GreaterThan(0));
    }

    private static void AssertSame(MlpTrainer.Options options, (float[] Features, int Label)[]? rows = null)
    {
        var autograd = Train(options, rows, usesAutograd: true);
        var parallel = Train(options, rows);

        Assert.That(
            parallel.History.Select(epoch => epoch.TrainLoss), Is.EqualTo(autograd.History.Select(epoch => epoch.TrainLoss)).Within(2e-4));
        foreach (var (expected, found) in autograd.Model.Layers.Zip(parallel.Model.Layers))
        {
            Assert.That(found.Weights.ToArray(), Is.EqualTo(expected.Weights.ToArray()).Within(5e-4));
            Assert.That(found.Biases.ToArray(), Is.EqualTo(expected.Biases.ToArray()).Within(1e-3));
        }

        // They have learnt something in which they could differ.
        var untrained = Train(options with { MaxEpochs = 1, Optimizer = MlpOptimizer.Sgd(1e-30) }, rows).Model.Layers[0].Weights.ToArray();
        Assert.That(
            untrained.Zip(parallel.Model.Layers[0].Weights.ToArray(), (before, after) => Math.Abs(before - after)).Max(),
            Is.GreaterThan(5e-3));
    }

    private static TrainingResult Train(
        MlpTrainer.Options options, (float[] Features, int Label)[]? rows = null, bool usesAutograd = false, PhaseTimer? timer = null)
    {
        var source = new ArrayRows(Classes, rows ?? Rows);
        var data = TrainingData.Read(source, validationSource: null, options, seed: 1);
        return new TrainingLoop(data, options, seed: 1) { UsesAutograd = usesAutograd, Timer = timer }.Run();
    }

    private static int[] Bits(TrainingResult result) =>
        [.. result.Model.Layers.SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];

    private static (float[] Features, int Label)[] Draw(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(row =>
            {
                var label = random.Next(Classes);
                return (Enumerable.Range(0, 100).Select(slot => random.NextSingle() + (slot % Classes == label ? 0.3f : 0)).ToArray(),
                    label);
            }),
        ];
    }
}
