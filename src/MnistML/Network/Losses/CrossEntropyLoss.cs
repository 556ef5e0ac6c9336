using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary>
/// The cross-entropy, in nats, of the softmax of the outputs, which are logits: <c>log Σⱼ exp(logitⱼ) - logit of the label</c>, so that
/// labels need not be one-hot.
/// </summary>
/// <param name="LabelSmoothing">ε: the fraction of each row's target that is spread over all classes, its own included.</param>
internal sealed record CrossEntropyLoss(double LabelSmoothing = 0) : TrainingLoss
{
    public override TrainingLoss ForValidation() => this with { LabelSmoothing = 0 };

    /// <inheritdoc/>
    /// <remarks>The gradient is <c>weight · (softmax - target)</c>.</remarks>
    public override RowLoss Compute(ReadOnlySpan<float> outputs, Target target, double weight, Span<float> gradient)
    {
        var best = 0;
        for (var i = 1; i < outputs.Length; i++)
        {
            best = outputs[i] > outputs[best] ? i : best;
        }

        // The largest logit is subtracted first, so that no power overflows.
        SpanMath.Apply(outputs, gradient, new ExpSubtract(outputs[best]));
        double sum = SpanMath.Sum(gradient, default(Identity));
        var logSum = outputs[best] + Math.Log(sum);
        var scaleAndShift = new ScaleAndShift((float)(weight / sum), (float)(-weight * LabelSmoothing / outputs.Length));
        SpanMath.Apply(gradient, gradient, scaleAndShift);
        gradient[target.Class] -= (float)(weight * (1 - LabelSmoothing));

        var meanLogit = LabelSmoothing == 0 ? 0 : SpanMath.Sum(outputs, default(Identity)) / outputs.Length;
        return new RowLoss(
            logSum - ((1 - LabelSmoothing) * outputs[target.Class]) - (LabelSmoothing * meanLogit), best == target.Class ? 1 : 0);
    }

    public override Tensor ToTensor(ReadOnlySpan<Target> targets)
    {
        var classes = new long[targets.Length];
        for (var row = 0; row < classes.Length; row++)
        {
            classes[row] = targets[row].Class;
        }

        return tensor(classes, ScalarType.Int64, CPU);
    }

    public override Tensor ComputeLosses(Tensor outputs, Tensor targets) =>
        nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None, label_smoothing: LabelSmoothing);

    public override Tensor ComputeMetrics(Tensor outputs, Tensor targets) => outputs.argmax(1).eq(targets);

    protected override Tensor AverageMembers(Tensor outputs) => outputs.log_softmax(2).logsumexp(1);
}
