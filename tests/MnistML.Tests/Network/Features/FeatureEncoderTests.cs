using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Features;
using MnistML.Tests.Support;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Tests.Network.Features;

/// <summary>What the encoder computes against plain formulas, and what folds into the finished model.</summary>
internal sealed class FeatureEncoderTests
{
    private static readonly FeatureScale Scale = new([1, -2, 0.5], [2, 0.5, 1]);

    /// <summary>The first feature has a score, the second has bins beside its value, the third has none.</summary>
    private static readonly FeatureBins?[] Bins =
    [
        new([0, 1, 4], [0.25f, 0.5f], [-1.5f, 0, 2]),
        new([-3, -2, -1.5f, 0], [0.75f, 0.5f, 0.125f], Scores: null),
        null,
    ];

    private static readonly float[][] Rows = [[-7, -2.5f, 3], [0.5f, -1.75f, 0], [2.5f, 9, -1], [99, -3, 0.25f]];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Encode_OfScoresBinsAndValues_GivesThePlainFormulas()
    {
        var encoder = new FeatureEncoder(Scale, Bins, hasBinInputs: true);
        var inputs = new float[encoder.InputCount];

        encoder.Encode(Rows[2], inputs, new float[encoder.ScratchSize]);

        // Of the first feature, 2.5 lies half way through the second bin, where its score is half way from 0 to 2.
        Assert.That(
            inputs,
            Is.EqualTo([1f, (9 + 2) / 0.5f, -1.5f, 1 - 0.25f, 0.5f - 0.5f, 1 - 0.75f, 1 - 0.5f, 1 - 0.125f]).Within(1e-6));
        Assert.That(encoder.FeatureOfInput, Is.EqualTo([0, 1, 2, 0, 0, 1, 1, 1]));
    }

    [Test]
    public void Encode_BeyondTheOutermostEdges_IsFlat()
    {
        var encoder = new FeatureEncoder(Scale, Bins, hasBinInputs: false);
        float[] low = new float[3], lower = new float[3], high = new float[3], higher = new float[3];

        Encode([0, 0, 0], low);
        Encode([-1e30f, 0, 0], lower);
        Encode([4, 0, 0], high);
        Encode([float.MaxValue, 0, 0], higher);

        Assert.That((low[0], lower[0], high[0], higher[0]), Is.EqualTo((-1.5f, -1.5f, 2f, 2f)));

        void Encode(float[] features, float[] inputs) => encoder.Encode(features, inputs, new float[encoder.ScratchSize]);
    }

    [Test]
    public void Encoding_OfTheModel_HasValuesFirstAndNoneWhereAScoreReplacesIt()
    {
        var encoding = new FeatureEncoder(Scale, Bins, hasBinInputs: true).Encoding!;

        Assert.That(
            encoding.Columns,
            Is.EqualTo(new MlpEncodedColumn[]
            {
                new(1), new(2), new(0, 0, 1), new(0, 1, 4), new(1, -3, -2), new(1, -2, -1.5f), new(1, -1.5f, 0),
            }));
        Assert.That(new FeatureEncoder(Scale).Encoding, Is.Null);
    }

    [Test]
    public void ToModelParameters_OfALearntEnsemble_GivesWhatTheNetworkGives(
        [Values(false, true)] bool hasBinInputs, [Values(false, true)] bool hasFactors, [Values(1, 3)] int members)
    {
        using var scope = torch.NewDisposeScope();
        var encoder = new FeatureEncoder(Scale, Bins, hasBinInputs);
        using var network = Create(encoder, hasFactors, members);
        using var generator = new torch.Generator(5);
        MlpInitializer.Normal(0.6).Initialize(network, generator);
        if (network.FactorOffsets is { } offsets)
        {
            TensorValues.Set(offsets, [0.1f, -0.05f, 0.2f]);
        }

        for (var step = 0; step < 5; step++)
        {
            network.ForwardTraining(encoder.Encode(ToTensor()), DropoutMask.None);
        }

        network.Temperature = 1.5;
        var model = network.ToModelParameters();

        Assert.That(model.Members, Has.Count.EqualTo(members));
        AssertSame(network, model);
    }

    [Test]
    public void TakeOver_OfAnEnsembleWithTheSameBins_MakesANetworkThatGivesWhatItGives([Values(1, 3)] int members)
    {
        using var scope = torch.NewDisposeScope();
        var encoder = new FeatureEncoder(Scale, Bins, hasBinInputs: true);
        using var network = Create(encoder, hasFactors: true, members);
        var ofMember = network.Architecture.WithMembers(1);
        var model = members == 1
            ? Networks.Random(ofMember, seed: 4, encoder.Encoding)
            : Networks.RandomEnsemble(ofMember, members, seed: 4, encoder.Encoding);

        network.TakeOver(model, ToTensor(), newClasses: []);

        AssertSame(network, model);
        AssertSame(network, network.ToModelParameters());
    }

    private static MlpNetwork Create(FeatureEncoder encoder, bool hasFactors, int members) => new(
        new MlpArchitecture(
            3, [6, 5], 4, MlpActivation.Tanh, MlpTask.Multiclass, members, encoder.Encoding!.Columns.Count),
        new NetworkSettings { Encoder = encoder, HasFeatureFactors = hasFactors, BatchNormalization = true });

    private static void AssertSame(MlpNetwork network, MlpModelParameters model)
    {
        var architecture = network.Architecture;
        var outputs = network.Forward(ToTensor()).reshape(Rows.Length, architecture.MemberCount, architecture.OutputSize)
            / network.Temperature;
        var probabilities = network.Settings.Loss.Average(outputs).softmax(1);
        for (var row = 0; row < Rows.Length; row++)
        {
            Assert.That(
                TensorValues.ToSingles(probabilities[row]),
                Is.EqualTo(PlainNetwork.Probabilities(model, Rows[row])).Within(2e-5),
                $"row {row}");
        }
    }

    private static torch.Tensor ToTensor() => torch.tensor(Rows.SelectMany(row => row).ToArray()).reshape(Rows.Length, 3);
}
