using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary>
/// The cross-entropy, in nats, of the logistic sigmoid of one output, the logit z of true: <c>log(1 + exp(z)) - z · target</c>, where the
/// target is 1 for true.
/// </summary>
/// <param name="LabelSmoothing">ε: the target is <c>1 - ε/2</c> for true and <c>ε/2</c> for false, as for two classes.</param>
internal sealed record BinaryCrossEntropyLoss(double LabelSmoothing = 0) : TrainingLoss
{
    public override TrainingLoss ForValidation() => this with { LabelSmoothing = 0 };

    /// <inheritdoc/>
    /// <remarks>The gradient is <c>weight · (sigmoid - target)</c>.</remarks>
    public override RowLoss Compute(ReadOnlySpan<float> outputs, Target target, double weight, Span<float> gradient)
    {
        double logit = outputs[0];
        var wanted = Smooth(target.Class);
        gradient[0] = (float)(weight * ((1 / (1 + Math.Exp(-logit))) - wanted));

        // The power of a number below 0 does not overflow.
        var loss = Math.Max(logit, 0) - (logit * wanted) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        return new RowLoss(loss, logit > 0 == target.Class > 0 ? 1 : 0);
    }

    public override Tensor ToTensor(ReadOnlySpan<Target> targets)
    {
        var classes = new float[targets.Length];
        for (var row = 0; row < classes.Length; row++)
        {
            classes[row] = targets[row].Class;
        }

        return tensor(classes, ScalarType.Float32, CPU);
    }

    public override Tensor ComputeLosses(Tensor outputs, Tensor targets) => nn.functional.binary_cross_entropy_with_logits(
        outputs.squeeze(1),
        targets.to(outputs.dtype).mul(1 - LabelSmoothing).add(LabelSmoothing / 2),
        reduction: nn.Reduction.None);

    public override Tensor ComputeMetrics(Tensor outputs, Tensor targets) => outputs.squeeze(1).gt(0).eq(targets);

    protected override Tensor AverageMembers(Tensor outputs) =>
        nn.functional.logsigmoid(outputs).logsumexp(1) - nn.functional.logsigmoid(-outputs).logsumexp(1);

    private double Smooth(int label) => (label * (1 - LabelSmoothing)) + (LabelSmoothing / 2);
}
