using MnistML.Native;
using MnistML.Network.Losses;
using TorchSharp;

namespace MnistML.Tests.Network.Losses;

/// <summary>
/// Each loss, as it is computed by hand, against libtorch's own loss and derivative in double precision, against central differences, and
/// against numbers computed by hand.
/// </summary>
internal sealed class TrainingLossTests
{
    private const double Weight = 1.5;

    private static readonly TargetScale Scale = new(Mean: 20, Deviation: 4);

    /// <summary>From where a sigmoid is 0 to where its power overflows a float.</summary>
    private static readonly float[] Outputs = [-200, -50, -3, -0.5f, 0.25f, 1, 4, 88, 100, 300];

    private static readonly TrainingLoss[] OneOutputLosses =
    [
        new BinaryCrossEntropyLoss(), new BinaryCrossEntropyLoss(LabelSmoothing: 0.2), new SquaredLoss(Scale), new AbsoluteLoss(Scale),
        new HuberLoss(Scale, Delta: 6), new QuantileLoss(Scale, Alpha: 0.1), new QuantileLoss(Scale, Alpha: 0.9),
    ];

    private static readonly Target[] Targets = [new(Class: 0, Value: 0, Weight: 1), new(Class: 1, Value: 31, Weight: 1)];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Compute_OfOneOutput_EqualsLibtorchAndItsDerivative(
        [ValueSource(nameof(OneOutputLosses))] TrainingLoss loss, [ValueSource(nameof(Outputs))] float output, [Values(0, 1)] int row)
    {
        var target = TargetFor(loss, row);
        var gradient = new float[1];
        var found = loss.Compute([output], target, Weight, gradient);

        using var scope = torch.NewDisposeScope();
        var outputs = torch.tensor([(double)output]).reshape(1, 1).requires_grad_();
        var targets = loss.ToTensor([target]);
        var expected = loss.ComputeLosses(outputs, targets).sum();
        var slope = torch.autograd.grad([expected], [outputs])[0].item<double>();

        var expectedLoss = expected.item<double>();
        var metric = loss.ComputeMetrics(outputs, targets).to(torch.ScalarType.Float64).item<double>();
        Assert.That(found.Loss, Is.EqualTo(expectedLoss).Within(1e-12).Or.EqualTo(expectedLoss).Within(1e-10).Percent);
        Assert.That(gradient[0], Is.EqualTo(Weight * slope).Within(1e-6).Or.EqualTo(Weight * slope).Within(1e-5).Percent);
        Assert.That(found.Metric, Is.EqualTo(metric).Within(1e-9).Percent);
    }

    [Test]
    public void Compute_OfOneOutput_HasTheSlopeOfItsDifferences(
        [ValueSource(nameof(OneOutputLosses))] TrainingLoss loss, [Values(-3f, -0.5f, 0.25f, 4)] float output, [Values(0, 1)] int row)
    {
        const float Step = 1 / 1024f; // Exact in a float, beside each output.
        var target = TargetFor(loss, row);
        var gradient = new float[1];
        loss.Compute([output], target, Weight, gradient);

        var difference = (loss.Compute([output + Step], target, 1, new float[1]).Loss
            - loss.Compute([output - Step], target, 1, new float[1]).Loss) / (2 * Step);

        Assert.That(gradient[0], Is.EqualTo(Weight * difference).Within(1e-5));
    }

    [Test]
    public void Compute_OfSeveralLogits_EqualsLibtorchAndItsDerivative(
        [Values(0, 0.1)] double smoothing, [Values(0, 1, 2)] int label, [Values(1f, 100)] float factor)
    {
        float[] logits = [-2 * factor, 0.5f, 3 * factor];
        var loss = new CrossEntropyLoss(smoothing);
        var target = new Target(label, Value: 0, Weight: 1);
        var gradient = new float[3];
        var found = loss.Compute(logits, target, Weight, gradient);

        using var scope = torch.NewDisposeScope();
        var outputs = torch.tensor(Array.ConvertAll(logits, logit => (double)logit)).reshape(1, 3).requires_grad_();
        var expected = loss.ComputeMean(outputs, loss.ToTensor([target]));
        var slopes = torch.autograd.grad([expected], [outputs])[0].view(-1).data<double>().ToArray();

        Assert.That(found.Loss, Is.EqualTo(expected.item<double>()).Within(1e-5));
        Assert.That(gradient, Is.EqualTo(slopes.Select(slope => Weight * slope)).Within(1e-6));
    }

    /// <summary>
    /// ln(1 + e²) = 2.126928, sigmoid(2) = 0.880797: for false the loss is the first, for true 2 less; smoothed by 0.2, true is 0.9.
    /// </summary>
    [Test]
    public void BinaryCrossEntropy_OfALogitOfTwo_IsThatComputedByHand()
    {
        var gradient = new float[1];

        Assert.That(Of(new BinaryCrossEntropyLoss(), label: 0).Loss, Is.EqualTo(2.126928).Within(5e-7));
        Assert.That(gradient[0], Is.EqualTo(0.880797).Within(5e-7));
        Assert.That(Of(new BinaryCrossEntropyLoss(), label: 1).Loss, Is.EqualTo(0.126928).Within(5e-7));
        Assert.That((Of(new BinaryCrossEntropyLoss(), label: 0).Metric, Of(new BinaryCrossEntropyLoss(), label: 1).Metric),
            Is.EqualTo((0.0, 1.0)));
        Assert.That(gradient[0], Is.EqualTo(-0.119203).Within(5e-7));
        Assert.That(Of(new BinaryCrossEntropyLoss(0.2), label: 1).Loss, Is.EqualTo(2.126928 - (0.9 * 2)).Within(5e-7));
        Assert.That(new BinaryCrossEntropyLoss(0.2).ForValidation(), Is.EqualTo(new BinaryCrossEntropyLoss()));

        RowLoss Of(TrainingLoss loss, int label) => loss.Compute([2], new Target(label, Value: 0, Weight: 1), weight: 1, gradient);
    }

    /// <summary>Labels 20 ± 4: the output 1.5 is 26, and for a label of 16 the residual is 10, or 2.5 deviations.</summary>
    [Test]
    public void RegressionLosses_InTheLabelsUnit_AreThoseComputedByHand()
    {
        Assert.That(InLabelUnit(new SquaredLoss(Scale)), Is.EqualTo(100).Within(1e-9));
        Assert.That(InLabelUnit(new AbsoluteLoss(Scale)), Is.EqualTo(10).Within(1e-9));
        Assert.That(InLabelUnit(new HuberLoss(Scale, Delta: 6)), Is.EqualTo(6 * (10 - 3)).Within(1e-9), "beyond delta");
        Assert.That(InLabelUnit(new HuberLoss(Scale, Delta: 12)), Is.EqualTo(50).Within(1e-9), "within delta");
        Assert.That(InLabelUnit(new QuantileLoss(Scale, Alpha: 0.1)), Is.EqualTo(9).Within(1e-9), "too high, by 0.9");
        Assert.That(InLabelUnit(new QuantileLoss(Scale, Alpha: 0.1), label: 36), Is.EqualTo(1).Within(1e-9), "too low, by 0.1");

        static double InLabelUnit(RegressionLoss loss, float label = 16)
        {
            var row = loss.Compute([1.5f], new Target(Class: 0, label, Weight: 1), weight: 1, new float[1]);
            Assert.That(row.Metric * loss.MetricUnit, Is.EqualTo(100).Within(1e-9));
            return row.Loss * loss.LossUnit;
        }
    }

    [Test]
    public void RegressionLosses_OfNoResidual_HaveNoSlope()
    {
        foreach (var loss in OneOutputLosses.OfType<RegressionLoss>())
        {
            float[] gradient = [7];
            Assert.That(loss.Compute([0], new Target(Class: 0, Value: 20, Weight: 1), weight: 1, gradient), Is.EqualTo(default(RowLoss)));
            Assert.That(gradient[0], Is.Zero, $"{loss}");
        }
    }

    /// <summary>Labels of a regression are kept so near to the outputs that a float holds the difference.</summary>
    private static Target TargetFor(TrainingLoss loss, int row) =>
        loss is RegressionLoss ? Targets[row] with { Class = 0 } : Targets[row] with { Value = 0 };
}
