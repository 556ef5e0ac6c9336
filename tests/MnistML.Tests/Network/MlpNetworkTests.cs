using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Losses;
using MnistML.Tests.Support;
using TorchSharp;

namespace MnistML.Tests.Network;

internal sealed class MlpNetworkTests
{
    private const double Tolerance = 1e-6;

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void CrossEntropy_OfTwoRows_IsTheHandComputedMean()
    {
        // Row 1: log(e² + e¹ + e⁻¹) - 2 = 0.34901; row 2: log(e^0.5 + e^1.5 + e^0.3) - 1.5 = 0.51227; their mean is 0.43064.
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(new float[,] { { 2, 1, -1 }, { 0.5f, 1.5f, 0.3f } });
        var loss = new CrossEntropyLoss().ComputeMean(logits, torch.tensor(new long[] { 0, 1 }));
        var first = Math.Log(Math.Exp(2) + Math.Exp(1) + Math.Exp(-1)) - 2;
        var second = Math.Log(Math.Exp(0.5) + Math.Exp(1.5) + Math.Exp(0.3)) - 1.5;
        var byHand = (first + second) / 2;

        Assert.That(loss.item<float>(), Is.EqualTo(byHand).Within(Tolerance));
        Assert.That(loss.item<float>(), Is.EqualTo(0.43064).Within(0.000005));
    }

    [TestCase(MlpActivation.Relu)]
    [TestCase(MlpActivation.LeakyRelu)]
    [TestCase(MlpActivation.Gelu)]
    [TestCase(MlpActivation.Silu)]
    [TestCase(MlpActivation.Tanh)]
    [TestCase(MlpActivation.Sigmoid)]
    public void Forward_OfEachActivation_EqualsPlainLoops(MlpActivation activation)
    {
        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(new MlpArchitecture(3, [5, 4], 2, activation));
        using var generator = new torch.Generator(7);
        MlpInitializer.Normal(1).Initialize(network, generator);
        float[] features = [-1.5f, 0.25f, 2];

        var logits = network.Forward(torch.tensor(features).reshape(1, 3)).data<float>().ToArray();

        Assert.That(logits, Is.EqualTo(PlainNetwork.Logits(network.ToModelParameters(), features)).Within(1e-5));
    }

    [Test]
    public void Parameters_OfTheClassicNetwork_AreAsManyAsTheArchitectureSays()
    {
        using var network = new MlpNetwork(new MlpArchitecture(784, [512, 256], 10));

        Assert.That(network.Parameters.Sum(parameter => parameter.numel()), Is.EqualTo(535_818));
    }

    [Test]
    public void Dispose_OfANetwork_LeavesNoLiveTensor()
    {
        var before = torch.Tensor.TotalCount;
        using (var network = new MlpNetwork(new MlpArchitecture(3, [2], 2)))
        {
            network.ToModelParameters();
        }

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }
}
