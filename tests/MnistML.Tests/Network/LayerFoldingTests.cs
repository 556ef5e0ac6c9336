using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Features;
using MnistML.Tests.Support;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Tests.Network;

internal sealed class LayerFoldingTests
{
    private static readonly MlpArchitecture Architecture = new(4, [6, 5], 3, MlpActivation.Tanh);
    private static readonly FeatureScale Scale = new([10, -0.5, 0, 300], [2, 0.25, 1, 150]);
    private static readonly float[][] Rows = [[11, -0.75f, 0.5f, 200], [9, -0.3f, -1, 450], [14, 0, 0.25f, 310]];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void ToModelParameters_OfALearntNetwork_GivesWhatTheNetworkGives(bool isScaled, bool isNormalized)
    {
        using var scope = torch.NewDisposeScope();
        using var network = CreateLearnt(isScaled, isNormalized);

        var model = network.ToModelParameters();

        AssertSame(network, model);
    }

    [Test]
    public void ToModelParameters_WithoutScalingAndNormalization_IsTheSameBits()
    {
        using var scope = torch.NewDisposeScope();
        using var network = CreateLearnt(isScaled: false, isNormalized: false);

        Assert.That(network.ToModelParameters().Layers[0].Weights.ToArray(), Is.EqualTo(TensorValues.ToSingles(network.Layers[0].Weights)));
    }

    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public void TakeOver_OfAModel_MakesANetworkThatGivesWhatItGives(bool isScaled, bool isNormalized)
    {
        using var scope = torch.NewDisposeScope();
        var model = Networks.Random(Architecture, seed: 4);
        using var network = Create(isScaled, isNormalized);

        network.TakeOver(model, ToTensor(Rows), newClasses: []);

        AssertSame(network, model);
        AssertSame(network, network.ToModelParameters());
    }

    /// <summary>A network whose averages are not what they were at first.</summary>
    private static MlpNetwork CreateLearnt(bool isScaled, bool isNormalized)
    {
        var network = Create(isScaled, isNormalized);
        using var generator = new torch.Generator(5);
        MlpInitializer.Normal(0.6).Initialize(network, generator);
        for (var i = 0; i < network.Normalizations.Count; i++)
        {
            TensorValues.Set(
                network.Normalizations[i].Scale, [.. Enumerable.Range(1, Architecture.HiddenLayers[i]).Select(unit => unit / 3f)]);
            TensorValues.Set(
                network.Normalizations[i].Shift, [.. Enumerable.Range(1, Architecture.HiddenLayers[i]).Select(unit => 1 - (unit / 4f))]);
        }

        for (var step = 0; step < 5; step++)
        {
            network.ForwardTraining(ToTensor(Rows), DropoutMask.None);
        }

        return network;
    }

    private static MlpNetwork Create(bool isScaled, bool isNormalized) =>
        new(Architecture, new NetworkSettings { Encoder = isScaled ? new FeatureEncoder(Scale) : null, BatchNormalization = isNormalized });

    private static void AssertSame(MlpNetwork network, MlpModelParameters model)
    {
        var logits = network.Forward(ToTensor(Rows));
        for (var row = 0; row < Rows.Length; row++)
        {
            Assert.That(TensorValues.ToSingles(logits[row]), Is.EqualTo(PlainNetwork.Logits(model, Rows[row])).Within(2e-4), $"row {row}");
        }
    }

    private static torch.Tensor ToTensor(float[][] rows) =>
        torch.tensor(rows.SelectMany(row => row).ToArray()).reshape(rows.Length, rows[0].Length);
}
