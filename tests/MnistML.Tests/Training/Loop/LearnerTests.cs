using MnistML.Native;
using MnistML.Network.Backprop;
using MnistML.Network.Workers;
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
            AutoThreads.Choose(3, new MlpArchitecture(Rows[0].Features.Length, Plain.HiddenLayers!, Classes), Plain.BatchSize!.Value),
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
    public void Run_OfBinaryClassification_EqualsAutograd() => AssertSame(
        new MlpBinaryTrainer.Options
        {
            HiddenLayers = Plain.HiddenLayers,
            DropoutRate = 0.25,
            Optimizer = MlpOptimizer.AdamW(0.002, epsilon: 1e-3),
            Precision = MlpPrecision.Single,
            BatchSize = 96,
            MaxEpochs = 3,
            ThreadCount = 3,
            LabelSmoothing = 0.1,
            ClassWeights = MlpClassWeights.Explicit(1, 3),
            ValidationFraction = 0.2,
        },
        [.. Rows.Select(row => (row.Features, row.Label % 2))]);

    [Test]
    public void Run_OfRegression_EqualsAutograd([Values("squared", "absolute", "huber", "quantile")] string name) => AssertSame(
        new MlpRegressionTrainer.Options
        {
            Loss = name switch
            {
                "absolute" => MlpRegressionLoss.Absolute,
                "huber" => MlpRegressionLoss.Huber(5),
                "quantile" => MlpRegressionLoss.Quantile(0.9),
                _ => MlpRegressionLoss.Squared,
            },
            HiddenLayers = Plain.HiddenLayers,
            BatchNormalization = false,
            Optimizer = MlpOptimizer.Sgd(name == "huber" ? 0.06 : 0.02), // Its slope is half of the square's, and less beyond delta.
            Schedule = MlpSchedule.Constant,
            Precision = MlpPrecision.Single,
            BatchSize = 96,
            MaxEpochs = 3,
            ThreadCount = 3,
            ValidationFraction = 0.2,
        },
        [.. Rows.Select(row => (row.Features, 0))],
        [.. Rows.Select(row => 100 + (10 * row.Label) + row.Features[7])]);

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

    /// <param name="options">What to train.</param>
    /// <param name="rows">The rows; null for those of the test.</param>
    /// <param name="values">The labels of a regression, which deviate by about 11.</param>
    private static void AssertSame(MlpTrainingOptions options, (float[] Features, int Label)[]? rows = null, float[]? values = null)
    {
        var autograd = Train(options, rows, values, usesAutograd: true);
        var parallel = Train(options, rows, values);

        var unit = values is null ? 1 : 11;
        AssertNear(epoch => epoch.TrainLoss, unit * unit);
        AssertNear(epoch => epoch.ValidationLoss ?? 0, unit * unit);
        AssertNear(epoch => epoch.TrainRootMeanSquaredError ?? 0, unit);
        AssertNear(epoch => epoch.ValidationRootMeanSquaredError ?? 0, unit);
        foreach (var (expected, found) in autograd.Model.Layers.Zip(parallel.Model.Layers))
        {
            Assert.That(found.Weights.ToArray(), Is.EqualTo(expected.Weights.ToArray()).Within(5e-4 * unit));
            Assert.That(found.Biases.ToArray(), Is.EqualTo(expected.Biases.ToArray()).Within(1e-3 * unit));
        }

        void AssertNear(Func<MlpEpochMetrics, double> metric, double unit) => Assert.That(
            parallel.History.Select(metric), Is.EqualTo(autograd.History.Select(metric)).Within(2e-4 * unit));

        // They have learnt something in which they could differ.
        var untrained = Train(options with { MaxEpochs = 1, Optimizer = MlpOptimizer.Sgd(1e-30) }, rows, values)
            .Model.Layers[0].Weights.ToArray();
        Assert.That(
            untrained.Zip(parallel.Model.Layers[0].Weights.ToArray(), (before, after) => Math.Abs(before - after)).Max(),
            Is.GreaterThan(5e-3));
    }

    private static TrainingResult Train(
        MlpTrainingOptions options,
        (float[] Features, int Label)[]? rows = null,
        float[]? values = null,
        bool usesAutograd = false,
        PhaseTimer? timer = null)
    {
        var classCount = options.Task switch
        {
            MlpTask.Binary => 2,
            MlpTask.Regression => 1,
            _ => Classes,
        };
        var source = new ArrayRows(classCount, rows ?? Rows) { Values = values };
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
