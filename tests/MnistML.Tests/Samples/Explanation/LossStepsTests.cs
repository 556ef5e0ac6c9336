using MnistML.Native;
using MnistML.Network.Losses;
using MnistML.Samples.Explanation;
using MnistML.Tests.Support;
using TorchSharp;

namespace MnistML.Tests.Samples.Explanation;

internal sealed class LossStepsTests
{
    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    /// <summary>By hand: e⁰ + e⁻¹ + e⁻³ = 1 + 0.36788 + 0.04979 = 1.41767.</summary>
    [Test]
    public void Probabilities_OfThreeLogits_AreThoseComputedByHand()
    {
        var steps = new LossSteps([2, 1, -1], label: 0);

        Assert.That(steps.Probabilities, Is.EqualTo([0.70538, 0.25950, 0.03512]).Within(5e-6));
        Assert.That(steps.Loss, Is.EqualTo(0.34901).Within(5e-6));
    }

    [Test]
    public void Loss_WhereTheProbabilityIsRoundedToZero_IsFinite() =>
        Assert.That(new LossSteps([0, 2_000], label: 0).Loss, Is.EqualTo(2_000));

    /// <summary>The two ways of the training: the loops on the processor, and libtorch's cross-entropy.</summary>
    [Test]
    public void Loss_OfANetworksLogits_IsTheTrainings([Values] MlpActivation activation)
    {
        var model = Networks.Random(new MlpArchitecture(6, [5, 4], 3, activation), seed: 3);
        float[] features = [0.5f, -1, 0.25f, 2, 0, -0.75f];
        var loss = new CrossEntropyLoss();
        using var scope = torch.NewDisposeScope();
        for (var label = 0; label < 3; label++)
        {
            var logits = ForwardPass.Logits(model, features);
            var steps = new LossSteps(logits, label);
            float[] rounded = [.. logits.Select(logit => (float)logit)];
            var labels = torch.tensor(new[] { (long)label });
            var target = new Target(label, Value: 0, Weight: 1);

            Assert.That(logits, Is.EqualTo(PlainNetwork.Logits(model, features)).Within(1e-9));
            Assert.That(steps.Loss, Is.EqualTo(loss.Compute(rounded, target, weight: 1, new float[3]).Loss).Within(1e-5));
            Assert.That(
                steps.Loss, Is.EqualTo(loss.ComputeMean(torch.tensor(logits).reshape(1, 3), labels).item<double>()).Within(1e-12));
        }
    }

    [Test]
    public void Logits_OfAnEnsembleOnEncodedFeatures_AreOfTheMeanOfItsProbabilities()
    {
        float[] features = [0.5f, -1, 0.25f, 2, 0, -0.75f];
        var encoding = Networks.Encoding(features.Length);
        var architecture = new MlpArchitecture(features.Length, [5, 4], 3, encodedSize: encoding.Columns.Count);
        var model = Networks.RandomEnsemble(architecture, members: 3, seed: 3, encoding);

        Assert.That(ForwardPass.Logits(model, features), Is.EqualTo(PlainNetwork.Logits(model, features)).Within(1e-9));
    }
}
