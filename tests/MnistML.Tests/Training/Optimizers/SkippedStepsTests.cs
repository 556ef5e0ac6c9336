using MnistML.Native;
using MnistML.Network;
using MnistML.Training.Optimizers;
using TorchSharp;

namespace MnistML.Tests.Training.Optimizers;

/// <summary>Steps with a gradient of zero that are made later in one go are the steps made one by one.</summary>
internal sealed class SkippedStepsTests
{
    private static readonly MlpOptimizer[] Optimizers =
    [
        MlpOptimizer.Adam(0.01),
        MlpOptimizer.Adam(0.01, beta1: 0.5, beta2: 0.9),
        MlpOptimizer.Adam(0.01, beta1: 0),
        MlpOptimizer.AdamW(0.01),
        MlpOptimizer.AdamW(0.01, weightDecay: 0.3),
        MlpOptimizer.Sgd(0.1),
        MlpOptimizer.Sgd(0.1, weightDecay: 0.2),
        MlpOptimizer.Sgd(0.1, momentum: 0.9),
        MlpOptimizer.Sgd(0.1, momentum: 0.9, nesterov: true),
    ];

    private static readonly MlpOptimizer[] ThatCannotSkip =
    [
        MlpOptimizer.Adam(0.01, weightDecay: 0.1),
        MlpOptimizer.Adam(0.01, beta1: 0.99, beta2: 0.9),
        MlpOptimizer.Adam(0.01, beta1: 0.9999, beta2: 0.99999),
        MlpOptimizer.Sgd(0.1, momentum: 0.9, weightDecay: 0.1),
    ];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    /// <summary>Gaps of one step, of some, and of more than a momentum lasts; at rates that change.</summary>
    [Test]
    public void CatchUp_AfterAnyGap_EqualsStepsOneByOne([Range(0, 8)] int index, [Values(1, 2, 7, 300, 1_000)] int gap)
    {
        using var oneByOne = new Weights(Optimizers[index]);
        using var later = new Weights(Optimizers[index]);
        Assert.That(later.Optimizer.TrySkipping());
        var random = new Random(1);
        foreach (var skipped in new[] { 0, gap, 1, 0, gap })
        {
            for (var step = 0; step < skipped; step++)
            {
                var rate = 0.01 * (1 + random.NextDouble());
                oneByOne.Step(rate, gradient: 0);
                later.Optimizer.BeginStep(rate);
            }

            if (skipped > 0)
            {
                later.Optimizer.CatchUp(parameter: 0, start: 0, Weights.Count, skipped);
            }

            var (learningRate, gradient) = (0.01 * (1 + random.NextDouble()), random.NextSingle() - 0.5f);
            oneByOne.Step(learningRate, gradient);
            later.Step(learningRate, gradient);
            Assert.That(later.Values, Is.EqualTo(oneByOne.Values).Within(2e-5), $"after {skipped} steps");
        }
    }

    [Test]
    public void ForgetSteps_OfAll_StartsAgain([Range(0, 8)] int index)
    {
        using var oneByOne = new Weights(Optimizers[index]);
        using var later = new Weights(Optimizers[index]);
        later.Optimizer.TrySkipping();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            oneByOne.Step(0.01, gradient: 1);
            later.Step(0.01, gradient: 1);
            for (var step = 0; step < 4; step++)
            {
                oneByOne.Step(0.02, gradient: 0);
                later.Optimizer.BeginStep(0.02);
            }

            later.Optimizer.CatchUp(parameter: 0, start: 0, Weights.Count, steps: 4);
            later.Optimizer.ForgetSteps();
        }

        Assert.That(later.Values, Is.EqualTo(oneByOne.Values).Within(1e-5));
    }

    [Test]
    public void TrySkipping_WhereStepsOfZeroDependOnTheWeight_IsRefused([Range(0, 3)] int index)
    {
        using var weights = new Weights(ThatCannotSkip[index]);

        Assert.That(weights.Optimizer.TrySkipping(), Is.False);
    }

    /// <summary>Gradients that are small beside Adam's epsilon, near it, and above it.</summary>
    [Test]
    public void CatchUp_OfGradientsNearEpsilon_IsOffByFewPercentAtMost(
        [Values(1e-12f, 1e-9f, 1e-8f, 1e-7f, 1e-6f)] float gradient, [Values(0, 2_000)] int stepsBefore, [Values(1, 5, 50, 400)] int steps)
    {
        using var oneByOne = new Weights(MlpOptimizer.Adam(0.01));
        using var later = new Weights(MlpOptimizer.Adam(0.01));
        later.Optimizer.TrySkipping();
        foreach (var weights in new[] { oneByOne, later })
        {
            Enumerable.Range(0, stepsBefore).ToList().ForEach(_ => weights.Optimizer.BeginStep(0.01));
            weights.Step(0.01, gradient);
        }

        var before = later.Values;
        for (var step = 0; step < steps; step++)
        {
            oneByOne.Step(0.01, gradient: 0);
            later.Optimizer.BeginStep(0.01);
        }

        later.Optimizer.CatchUp(parameter: 0, start: 0, Weights.Count, steps);

        Assert.That(later.Values[0] - before[0], Is.EqualTo(oneByOne.Values[0] - before[0]).Within(4).Percent);
    }

    /// <summary>A layer's weights, all with one gradient.</summary>
    private sealed class Weights : IDisposable
    {
        public const int Count = 20;

        private readonly MlpNetwork _network = new(new MlpArchitecture(Count, [], 1, MlpActivation.Relu, MlpTask.Regression));

        public Weights(MlpOptimizer optimizer)
        {
            Optimizer = optimizer.Create(_network);
            using var scope = torch.NewDisposeScope();
            _network.Layers[0].Set(0, [.. Enumerable.Range(0, Count).Select(_ => 0f)], [0]);
        }

        public IOptimizer Optimizer { get; }

        public float[] Values => TensorValues.ToSingles(_network.Layers[0].Weights);

        public void Step(double learningRate, float gradient)
        {
            Optimizer.BeginStep(learningRate);
            Optimizer.UpdateChunk(parameter: 0, start: 0, [.. Enumerable.Repeat(gradient, Count)]);
        }

        public void Dispose()
        {
            Optimizer.Dispose();
            _network.Dispose();
        }
    }
}
