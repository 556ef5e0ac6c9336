using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Features;
using MnistML.Network.Losses;
using MnistML.Tests.Support;
using TorchSharp;

namespace MnistML.Tests.Network;

/// <summary>The scale of the labels in a regression is folded into the last layer, and taken out of it again.</summary>
internal sealed class TargetFoldingTests
{
    private static readonly TargetScale Scale = new(Mean: -3_000, Deviation: 250);
    private static readonly float[][] Rows = [[1, -0.75f], [0.25f, 2], [-1.5f, 0.5f]];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(new[] { 6, 5 })]
    [TestCase(new int[0])]
    public void ToModelParameters_OfARegression_IsInTheLabelsUnit(int[] hiddenLayers)
    {
        using var scope = torch.NewDisposeScope();
        using var network = Create(hiddenLayers);
        using var generator = new torch.Generator(5);
        MlpInitializer.Normal(0.6).Initialize(network, generator);

        AssertSame(network, network.ToModelParameters());
    }

    [TestCase(new[] { 6, 5 })]
    [TestCase(new int[0])]
    public void TakeOver_OfAModel_MakesANetworkThatGivesWhatItGives(int[] hiddenLayers)
    {
        using var scope = torch.NewDisposeScope();
        using var network = Create(hiddenLayers);
        var model = Networks.Random(network.Architecture, seed: 4);

        network.TakeOver(model, ToTensor(), newClasses: []);

        AssertSame(network, model);
    }

    private static MlpNetwork Create(int[] hiddenLayers) => new(
        new MlpArchitecture(2, hiddenLayers, 1, MlpActivation.Tanh, MlpTask.Regression),
        new NetworkSettings { Loss = new SquaredLoss(Scale), Encoder = new FeatureEncoder(new FeatureScale([0.5, -1], [2, 0.25])) });

    /// <summary>A float of about 3,000 has steps of 2.4e-4.</summary>
    private static void AssertSame(MlpNetwork network, MlpModelParameters model)
    {
        var standardized = TensorValues.ToSingles(network.Forward(ToTensor()));

        Assert.That(
            standardized.Select(output => Scale.Mean + (Scale.Deviation * output)),
            Is.EqualTo(Rows.Select(row => PlainNetwork.Logits(model, row)[0])).Within(2e-3));
    }

    private static torch.Tensor ToTensor() => torch.tensor(Rows.SelectMany(row => row).ToArray()).reshape(Rows.Length, 2);
}
