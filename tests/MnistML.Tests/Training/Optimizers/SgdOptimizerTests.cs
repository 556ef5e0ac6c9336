using MnistML.Common;
using MnistML.Native;
using MnistML.Network;
using MnistML.Tests.Support;
using TorchSharp;

namespace MnistML.Tests.Training.Optimizers;

internal sealed class SgdOptimizerTests
{
    private const int Steps = 4;

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(0.1, 0, false, 0, false)]
    [TestCase(0.1, 0, false, 0, true)]
    [TestCase(0.1, 0.9, false, 0, false)]
    [TestCase(0.1, 0.9, false, 0, true)]
    [TestCase(0.05, 0.9, true, 0, false)]
    [TestCase(0.05, 0.9, true, 0, true)]
    [TestCase(0.05, 0.8, true, 0.01, false)]
    [TestCase(0.05, 0.8, true, 0.01, true)]
    [TestCase(0.2, 0, false, 0.1, false)]
    [TestCase(0.2, 0, false, 0.1, true)]
    public void Step_WithGivenGradients_EqualsPlainLoops(
        double learningRate, double momentum, bool nesterov, double weightDecay, bool inPieces)
    {
        // The gradient of step t for a weight w is w² + t: any function of both would do.
        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(new MlpArchitecture(3, [], 2));
        using var generator = new torch.Generator(5);
        MlpInitializer.Normal(1).Initialize(network, generator);
        double[] expected = [.. network.ToModelParameters().Layers[0].Weights.ToArray().Select(weight => (double)weight)];
        var velocity = new double[expected.Length];
        using var optimizer = MlpOptimizer.Sgd(learningRate, momentum, nesterov, weightDecay).Create(network);

        for (var step = 0; step < Steps; step++)
        {
            OptimizerSteps.Step(optimizer, network, weights => weights.square() + step, learningRate, inPieces);
            for (var i = 0; i < expected.Length; i++)
            {
                var gradient = (expected[i] * expected[i]) + step + (weightDecay * expected[i]);
                velocity[i] = step == 0 ? gradient : (momentum * velocity[i]) + gradient;
                expected[i] -= learningRate * (nesterov ? gradient + (momentum * velocity[i]) : velocity[i]);
            }
        }

        Assert.That(network.ToModelParameters().Layers[0].Weights.ToArray(), Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void ToString_OfSettings_NamesThoseThatAct()
    {
        Assert.That(MlpOptimizer.Sgd(0.2).ToString(), Is.EqualTo("SGD(learning rate 0.2)"));
        Assert.That(
            MlpOptimizer.Sgd(0.1, 0.9, nesterov: true, 1e-4).ToString(),
            Is.EqualTo("SGD(learning rate 0.1, Nesterov momentum 0.9, weight decay 0.0001)"));
        Assert.That(MlpOptimizer.Sgd(0.1, 0.5).ToString(), Is.EqualTo("SGD(learning rate 0.1, momentum 0.5)"));
    }

    [Test]
    public void Sgd_WithNesterovButNoMomentum_IsRefused() => Assert.That(
        () => OptionsValidator.ThrowIfInvalid(MlpOptimizer.Sgd(0.1, nesterov: true), "options"),
        Throws.ArgumentException.With.Message.Contains("- Nesterov is on, but Momentum is 0; it must be above 0."));

    [TestCase(0, false)]
    [TestCase(0.5, false)]
    [TestCase(0.5, true)]
    public void Sgd_WithMomentumThatItsKindWants_IsAccepted(double momentum, bool nesterov) =>
        Assert.That(() => OptionsValidator.ThrowIfInvalid(MlpOptimizer.Sgd(0.1, momentum, nesterov), "options"), Throws.Nothing);
}
