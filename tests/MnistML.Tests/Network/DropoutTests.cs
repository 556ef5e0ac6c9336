using MnistML.Native;
using MnistML.Network;
using MnistML.Tests.Support;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Tests.Network;

/// <summary>A network whose one hidden layer passes a feature of 1 on to each of many units, whose sum is the logit.</summary>
internal sealed class DropoutTests
{
    private const int Units = 1_000;
    private const int Rows = 200;

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(0.2)]
    [TestCase(0.75)]
    public void ForwardTraining_WithDropout_DropsItsShareAndKeepsTheMean(double rate)
    {
        using var scope = torch.NewDisposeScope();
        using var network = CreateCounting(rate);

        var sums = TensorValues.ToDoubles(network.ForwardTraining(torch.ones(Rows, 1), new DropoutMask(1, rate)));

        // Each sum is the number of units that are kept, divided by the share that is kept.
        double[] kept = [.. sums.Select(sum => sum * (1 - rate))];
        Assert.That(kept, Is.All.Matches<double>(count => Math.Abs(count - Math.Round(count)) < 0.01));
        Assert.That(sums.Average() / Units, Is.EqualTo(1).Within(0.02));
        Assert.That(kept.Select(count => (count - (Units * (1 - rate))) * (count - (Units * (1 - rate)))).Average(),
            Is.EqualTo(Units * rate * (1 - rate)).Within(30).Percent);
    }

    [Test]
    public void ForwardTraining_WithTheSameSeed_DropsTheSameUnits()
    {
        using var scope = torch.NewDisposeScope();
        using var network = CreateCounting(0.5);

        var once = Run(1);

        Assert.That(Run(1), Is.EqualTo(once));
        Assert.That(Run(2), Is.Not.EqualTo(once));

        float[] Run(ulong seed)
        {
            return TensorValues.ToSingles(network.ForwardTraining(torch.ones(Rows, 1), new DropoutMask(seed, 0.5)));
        }
    }

    [Test]
    public void Forward_OfTheFinishedNetwork_DropsNothing()
    {
        using var scope = torch.NewDisposeScope();
        using var network = CreateCounting(0.5);

        Assert.That(TensorValues.ToSingles(network.Forward(torch.ones(Rows, 1))), Is.All.EqualTo(Units));
    }

    private static MlpNetwork CreateCounting(double rate)
    {
        var network = new MlpNetwork(new MlpArchitecture(1, [Units], 1), new NetworkSettings { DropoutRate = rate });
        TensorValues.Set(network.Layers[0].Weights, [.. Enumerable.Repeat(1f, Units)]);
        TensorValues.Set(network.Layers[1].Weights, [.. Enumerable.Repeat(1f, Units)]);
        return network;
    }
}
