using MnistML.Native;
using MnistML.Network;
using MnistML.Tests.Support;
using TorchSharp;

namespace MnistML.Tests.Training.Optimizers;

internal sealed class AdamOptimizerTests
{
    private const int Steps = 4;

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    private static IEnumerable<(MlpOptimizer Settings, Reference Reference)> Settings() =>
    [
        (MlpOptimizer.Adam(0.1, 0.8, 0.95, 1e-3), new Reference(0.1, 0.8, 0.95, 1e-3, 0, 0)),
        (MlpOptimizer.Adam(0.1, 0.8, 0.95, 1e-3, 0.1), new Reference(0.1, 0.8, 0.95, 1e-3, 0.1, 0)),
        (MlpOptimizer.AdamW(0.1, 0.8, 0.95, 1e-3, 0.1), new Reference(0.1, 0.8, 0.95, 1e-3, 0, 0.1)),
        (MlpOptimizer.Adam(), new Reference(0.001, 0.9, 0.999, 1e-8, 0, 0)),
        (MlpOptimizer.AdamW(), new Reference(0.001, 0.9, 0.999, 1e-8, 0, 0.01)),
    ];

    [Test]
    public void Step_WithGivenGradients_EqualsPlainLoops([Range(0, 4)] int index, [Values] bool inPieces)
    {
        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(new MlpArchitecture(3, [], 2));
        using var generator = new torch.Generator(5);
        MlpInitializer.Normal(1).Initialize(network, generator);
        double[] expected = [.. network.ToModelParameters().Layers[0].Weights.ToArray().Select(weight => (double)weight)];
        var (settings, reference) = Settings().ElementAt(index);
        using var optimizer = settings.Create(network);

        for (var step = 0; step < Steps; step++)
        {
            OptimizerSteps.Step(optimizer, network, weights => weights.square() + step, settings.LearningRate, inPieces);
        }

        reference.Run(expected);
        Assert.That(network.ToModelParameters().Layers[0].Weights.ToArray(), Is.EqualTo(expected).Within(1e-5));
    }

    /// <summary>What PyTorch 1.13 made of the same weights and gradients in double precision.</summary>
    [Test]
    public void PlainLoops_OfTheReference_EqualPyTorch()
    {
        double[] adam = [1, -2, 0.5];
        double[] adamW = [1, -2, 0.5];

        new Reference(0.1, 0.8, 0.95, 1e-3, 0.1, 0).Run(adam);
        new Reference(0.1, 0.8, 0.95, 1e-3, 0, 0.1).Run(adamW);

        Assert.That(adam, Is.EqualTo([0.602178131948509, -2.4022167951210793, 0.1216335360281427]).Within(1e-12));
        Assert.That(adamW, Is.EqualTo([0.5695866194277186, -2.317744473630236, 0.1103226673933251]).Within(1e-12));
    }

    [Test]
    public void Dispose_AfterSteps_LeavesNoLiveTensor()
    {
        var before = torch.Tensor.TotalCount;
        using (var network = new MlpNetwork(new MlpArchitecture(3, [2], 2)))
        using (var optimizer = MlpOptimizer.AdamW().Create(network))
        using (torch.NewDisposeScope())
        {
            optimizer.Step([.. network.Parameters.Select(parameter => torch.ones_like(parameter, requires_grad: false))], 0.1);
        }

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void ToString_OfSettings_NamesThemAll()
    {
        Assert.That(
            MlpOptimizer.Adam(0.01).ToString(),
            Is.EqualTo("Adam(learning rate 0.01, beta1 0.9, beta2 0.999, epsilon 1E-08, weight decay 0)"));
        Assert.That(
            MlpOptimizer.AdamW().ToString(),
            Is.EqualTo("AdamW(learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1E-08, weight decay 0.01)"));
        Assert.That(
            MlpOptimizer.Adam(0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-7, weightDecay: 0.5).ToString(),
            Is.EqualTo("Adam(learning rate 0.01, beta1 0.8, beta2 0.99, epsilon 1E-07, weight decay 0.5)"));
    }

    /// <summary>Adam in plain loops, one number at a time; the gradient of step t for a weight w is w² + t.</summary>
    private sealed record Reference(double LearningRate, double Beta1, double Beta2, double Epsilon, double Penalty, double Decay)
    {
        public void Run(double[] weights)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                var (mean, square) = (0.0, 0.0);
                for (var step = 1; step <= Steps; step++)
                {
                    var gradient = (weights[i] * weights[i]) + step - 1 + (Penalty * weights[i]);
                    weights[i] -= LearningRate * Decay * weights[i];
                    mean = (Beta1 * mean) + ((1 - Beta1) * gradient);
                    square = (Beta2 * square) + ((1 - Beta2) * gradient * gradient);
                    weights[i] -= LearningRate * (mean / (1 - Math.Pow(Beta1, step))) / (Math.Sqrt(square / (1 - Math.Pow(Beta2, step)))
                        + Epsilon);
                }
            }
        }
    }
}
