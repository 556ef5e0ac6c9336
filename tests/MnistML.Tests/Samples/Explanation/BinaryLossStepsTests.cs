using MnistML.Network.Losses;
using MnistML.Samples.Explanation;

namespace MnistML.Tests.Samples.Explanation;

internal sealed class BinaryLossStepsTests
{
    [Test]
    public void Steps_OfALogit_AreTheTrainings([Values(-700, -3.5, 0, 0.25, 88)] double logit, [Values(0, 1)] int label)
    {
        var steps = new BinaryLossSteps(logit, label);
        var gradient = new float[1];
        var trained = new BinaryCrossEntropyLoss().Compute([(float)logit], new Target(label, Value: 0, Weight: 1), weight: 1, gradient);

        Assert.That(steps.Loss, Is.EqualTo(trained.Loss).Within(1e-12));
        Assert.That(steps.Slope, Is.EqualTo(gradient[0]).Within(1e-7));
        Assert.That(steps.LabelProbability, Is.EqualTo(label == 1 ? steps.Probability : 1 - steps.Probability).Within(1e-12));
    }

    /// <summary>The softmax of (0, z) gives z the same probability and loss.</summary>
    [Test]
    public void Steps_OfALogit_AreThoseOfTwoLogits([Values(-3.5, 0, 2)] double logit, [Values(0, 1)] int label)
    {
        var two = new LossSteps([0, logit], label);

        Assert.That(new BinaryLossSteps(logit, label).Loss, Is.EqualTo(two.Loss).Within(1e-12));
        Assert.That(new BinaryLossSteps(logit, label).Probability, Is.EqualTo(two.Probabilities[1]).Within(1e-12));
    }
}
