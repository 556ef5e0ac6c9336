using MnistML.Native;
using MnistML.Network.Losses;
using MnistML.Training.Loop;
using TorchSharp;

namespace MnistML.Tests.Training.Loop;

internal sealed class HeldOutPredictionsTests
{
    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    /// <summary>
    /// Logits of ±2 that are right four times of five: at the best temperature they are ±ln 4, the logit of four fifths.
    /// </summary>
    [Test]
    public void FindTemperature_OfOverconfidentLogits_MakesThemSayHowOftenTheyAreRight()
    {
        using var scope = torch.NewDisposeScope();
        var predictions = Create([2, 2, 2, 2, 2], [1, 1, 1, 1, 0], weights: [1, 1, 1, 1, 1]);

        Assert.That(predictions.FindTemperature(), Is.EqualTo(2 / Math.Log(4)).Within(0.1).Percent);
        Assert.That(
            predictions.Evaluate(predictions.FindTemperature()).MeanLoss,
            Is.EqualTo(-((0.8 * Math.Log(0.8)) + (0.2 * Math.Log(0.2)))).Within(1e-6));
        Assert.That(
            predictions.Evaluate(temperature: 1).MeanLoss,
            Is.EqualTo(Math.Log(1 + Math.Exp(-2)) + (2 * 0.2)).Within(1e-6));
        Assert.That(predictions.Evaluate(predictions.FindTemperature()).MeanMetric, Is.EqualTo(0.8).Within(1e-6));
    }

    [Test]
    public void Evaluate_OfWeights_CountsRowsByThem()
    {
        using var scope = torch.NewDisposeScope();
        var predictions = Create([2, 2], [1, 0], weights: [3, 1]);

        Assert.That(predictions.Evaluate(temperature: 1).MeanMetric, Is.EqualTo(0.75).Within(1e-6));
        Assert.That(predictions.FindTemperature(), Is.EqualTo(2 / Math.Log(3)).Within(0.1).Percent);
    }

    [Test]
    public void FindTemperature_OfLogitsThatAreAlwaysRight_StaysWithinItsBounds()
    {
        using var scope = torch.NewDisposeScope();

        Assert.That(Create([1, 1], [1, 1], weights: [1, 1]).FindTemperature(), Is.EqualTo(1 / 20.0).Within(1).Percent);
        Assert.That(Create([1, 1], [0, 0], weights: [1, 1]).FindTemperature(), Is.EqualTo(20).Within(1).Percent);
    }

    private static HeldOutPredictions Create(float[] logits, float[] labels, float[] weights) => new(
        new BinaryCrossEntropyLoss(), torch.tensor(logits).unsqueeze(1), torch.tensor(labels), torch.tensor(weights));
}
