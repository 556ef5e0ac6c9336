using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Losses;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Tests.Network;

/// <summary>The gradients of the whole network against central differences of its loss, all in double precision.</summary>
internal sealed class GradientTests
{
    private const double Step = 1e-5;
    private const double Tolerance = 1e-7;
    private const int Rows = 6;
    private const int Features = 4;
    private const int Classes = 3;

    private static readonly double[,] Inputs = RandomInputs();

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Gradients_OfEachActivation_EqualFiniteDifferences([Values] MlpActivation activation) =>
        AssertGradients(activation, new NetworkSettings());

    [Test]
    public void Gradients_WithEverything_EqualFiniteDifferences(
        [Values] MlpActivation activation, [Values(0, 0.1)] double labelSmoothing) => AssertGradients(
        activation,
        new NetworkSettings
        {
            DropoutRate = 0.3,
            BatchNormalization = true,
        },
        labelSmoothing,
        rowWeights: [1, 0.5, 2, 0, 3, 1]);

    private static void AssertGradients(
        MlpActivation activation, NetworkSettings settings, double labelSmoothing = 0, double[]? rowWeights = null)
    {
        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(
            new MlpArchitecture(Features, [5, 4], Classes, activation), settings with { Type = torch.ScalarType.Float64 });
        using var generator = new torch.Generator(3);
        MlpInitializer.Normal(0.7).Initialize(network, generator);

        var gradients = network.Gradients(Loss());

        using var noGradient = torch.no_grad();
        for (var i = 0; i < network.Parameters.Count; i++)
        {
            var values = network.Parameters[i].view(-1);
            for (var j = 0; j < values.numel(); j++)
            {
                var difference = (LossWith(values, j, Step) - LossWith(values, j, -Step)) / (2 * Step);
                Assert.That(gradients[i].view(-1)[j].item<double>(), Is.EqualTo(difference).Within(Tolerance), $"parameter {i}, value {j}");
            }
        }

        double LossWith(torch.Tensor values, int index, double change)
        {
            values[index].add_(change);
            var loss = Loss().item<double>();
            values[index].sub_(change);
            return loss;
        }

        // The same units are dropped each time.
        torch.Tensor Loss()
        {
            var labels = torch.tensor(new long[] { 0, 1, 2, 0, 1, 2 });
            var weights = rowWeights is null ? null : torch.tensor(rowWeights);
            return new CrossEntropyLoss(labelSmoothing).ComputeMean(
                network.ForwardTraining(torch.tensor(Inputs), new DropoutMask(9, settings.DropoutRate)), labels, weights);
        }
    }

    private static double[,] RandomInputs()
    {
        var random = new Random(1);
        var inputs = new double[Rows, Features];
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref inputs[0, 0], inputs.Length))
        {
            value = (4 * random.NextDouble()) - 2;
        }

        return inputs;
    }
}
