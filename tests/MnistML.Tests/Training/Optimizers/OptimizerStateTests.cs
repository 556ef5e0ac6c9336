using MnistML.Native;
using MnistML.Network;
using MnistML.Tests.Support;
using MnistML.Training.Optimizers;
using TorchSharp;

namespace MnistML.Tests.Training.Optimizers;

/// <summary>What a checkpoint keeps of an optimiser, and what it gives back.</summary>
internal sealed class OptimizerStateTests
{
    private const double LearningRate = 0.1;

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    private static IEnumerable<TestCaseData> Optimizers() =>
    [
        new TestCaseData(MlpOptimizer.Adam()).SetArgDisplayNames("Adam"),
        new TestCaseData(MlpOptimizer.AdamW()).SetArgDisplayNames("AdamW"),
        new TestCaseData(MlpOptimizer.Sgd(LearningRate)).SetArgDisplayNames("Sgd"),
        new TestCaseData(MlpOptimizer.Sgd(LearningRate, 0.9)).SetArgDisplayNames("Momentum"),
        new TestCaseData(MlpOptimizer.Sgd(LearningRate, 0.9, nesterov: true, weightDecay: 0.1)).SetArgDisplayNames("Nesterov"),
    ];

    /// <summary>The second half of the steps is made by an optimiser that knows the first only from its state.</summary>
    [TestCaseSource(nameof(Optimizers))]
    public void RestoreState_InTheMiddle_GoesOnBitForBit(MlpOptimizer settings)
    {
        foreach (var inPieces in new[] { false, true })
        {
            using var network = CreateNetwork();
            using var first = settings.Create(network);
            Run(first, network, inPieces, from: 0);
            using var copy = Copy(network);
            var state = first.CopyState();
            Run(first, network, inPieces, from: 2);
            using var second = settings.Create(copy);

            second.RestoreState(state, stepCount: 2);
            Run(second, copy, inPieces, from: 2);

            Assert.That(Values(copy), Is.EqualTo(Values(network)), $"in pieces: {inPieces}");
        }
    }

    [Test]
    public void CopyState_OfAdam_HoldsBothMomentsOfEachParameter()
    {
        using var network = CreateNetwork();
        using var optimizer = MlpOptimizer.Adam(beta1: 0.75, beta2: 0.5).Create(network);

        OptimizerSteps.Step(optimizer, network, Two, LearningRate, inPieces: false);

        var state = optimizer.CopyState();
        Assert.That(state.Keys, Is.EquivalentTo(["means.0", "means.1", "squares.0", "squares.1"]));
        Assert.That(state["means.0"], Is.EqualTo(Enumerable.Repeat(0.25f * 2, 6)));
        Assert.That(state["squares.1"], Is.EqualTo(Enumerable.Repeat(0.5f * 4, 2)));
    }

    [Test]
    public void CopyState_OfMomentum_HoldsTheVelocityOfEachParameter()
    {
        using var network = CreateNetwork();
        using var optimizer = MlpOptimizer.Sgd(LearningRate, 0.5).Create(network);
        for (var step = 0; step < 2; step++)
        {
            OptimizerSteps.Step(optimizer, network, Two, LearningRate, inPieces: false);
        }

        var state = optimizer.CopyState();
        Assert.That(state.Keys, Is.EquivalentTo(["velocities.0", "velocities.1"]));
        Assert.That(state["velocities.0"], Is.EqualTo(Enumerable.Repeat((0.5f * 2) + 2, 6)));
    }

    [Test]
    public void CopyState_OfPlainSgd_IsEmpty()
    {
        using var network = CreateNetwork();
        using var optimizer = MlpOptimizer.Sgd(LearningRate).Create(network);
        Run(optimizer, network, inPieces: true, from: 0);

        Assert.That(optimizer.CopyState(), Is.Empty);
    }

    [Test]
    public void Dispose_AfterSteps_LeavesNoLiveTensor([Values] bool inPieces)
    {
        var before = torch.Tensor.TotalCount;
        using (var network = CreateNetwork())
        using (var optimizer = MlpOptimizer.Sgd(LearningRate, 0.9).Create(network))
        {
            Run(optimizer, network, inPieces, from: 0);
        }

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    private static torch.Tensor Two(torch.Tensor weights) => torch.full_like(weights, 2, requires_grad: false);

    private static MlpNetwork CreateNetwork()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(5);
        var network = new MlpNetwork(new MlpArchitecture(3, [], 2));
        MlpInitializer.Normal(1).Initialize(network, generator);
        return network;
    }

    private static MlpNetwork Copy(MlpNetwork network)
    {
        using var noGradient = torch.no_grad();
        var copy = new MlpNetwork(new MlpArchitecture(3, [], 2));
        foreach (var (to, from) in copy.Parameters.Zip(network.Parameters))
        {
            to.copy_(from);
        }

        return copy;
    }

    /// <summary>Two steps, each with a gradient of its own.</summary>
    private static void Run(IOptimizer optimizer, MlpNetwork network, bool inPieces, int from)
    {
        for (var step = from; step < from + 2; step++)
        {
            OptimizerSteps.Step(optimizer, network, weights => weights.square() + step, LearningRate, inPieces);
        }
    }

    private static float[] Values(MlpNetwork network) =>
        [.. network.ToModelParameters().Layers.SelectMany(layer => (float[])[.. layer.Weights.ToArray(), .. layer.Biases.ToArray()])];
}
