using MnistML.Native;
using MnistML.Network.Losses;
using MnistML.Tests.Support;
using TorchSharp;

namespace MnistML.Tests.Network.Losses;

internal sealed class CrossEntropyLossTests
{
    private static readonly double[][] Logits = [[2, 1, -1], [0.5, 1.5, 0.3], [-2, 0, 3], [1, 1, 1]];
    private static readonly int[] Labels = [0, 1, 1, 2];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(0, null)]
    [TestCase(0.1, null)]
    [TestCase(0.1, new[] { 1.0, 0, 2.5, 0.5 })]
    [TestCase(0, new[] { 4.0, 3, 2, 1 })]
    public void CrossEntropy_SmoothedAndWeighted_EqualsPlainLoops(double smoothing, double[]? weights)
    {
        var expected = 0.0;
        for (var row = 0; row < Logits.Length; row++)
        {
            var probabilities = PlainNetwork.Softmax(Logits[row]);
            for (var label = 0; label < 3; label++)
            {
                var target = (label == Labels[row] ? 1 - smoothing : 0) + (smoothing / 3);
                expected -= (weights?[row] ?? 1) * target * Math.Log(probabilities[label]) / Logits.Length;
            }
        }

        Assert.That(Compute(smoothing, weights), Is.EqualTo(expected).Within(1e-12));
    }

    /// <summary>
    /// What PyTorch 1.13's <c>cross_entropy</c> gives: with label smoothing; and without a reduction, times the weights, averaged.
    /// </summary>
    [Test]
    public void CrossEntropy_SmoothedAndWeighted_EqualsPyTorchs()
    {
        Assert.That(Compute(0.1, null), Is.EqualTo(1.2970529619802158).Within(1e-12));
        Assert.That(Compute(0.1, [1, 0, 2.5, 0.5]), Is.EqualTo(2.146445362386278).Within(1e-12));
    }

    private static double Compute(double smoothing, double[]? weights)
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor(Logits.SelectMany(row => row).ToArray()).reshape(4, 3);
        var labels = torch.tensor(Labels.Select(label => (long)label).ToArray());
        return new CrossEntropyLoss(smoothing).ComputeMean(logits, labels, weights is null ? null : torch.tensor(weights)).item<double>();
    }
}
