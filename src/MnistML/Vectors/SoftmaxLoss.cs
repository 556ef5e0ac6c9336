using MnistML.Network;

namespace MnistML.Vectors;

/// <summary>Softmax cross-entropy of one row and its gradient, equal to <see cref="MlpNetwork.CrossEntropy"/>.</summary>
internal static class SoftmaxLoss
{
    /// <summary>Computes the loss of a row, and its gradient with respect to the logits: <c>weight · (softmax - target)</c>.</summary>
    /// <param name="logits">One for each class.</param>
    /// <param name="label">Zero-based.</param>
    /// <param name="labelSmoothing">ε: the fraction of the target that is spread over all classes.</param>
    /// <param name="weight">A factor on the gradient.</param>
    /// <param name="gradient">Receives the gradient; as long as the logits.</param>
    /// <returns>The loss in nats, without the factor, and whether the label has the largest logit.</returns>
    public static (double Loss, bool IsCorrect) Compute(
        ReadOnlySpan<float> logits, int label, double labelSmoothing, double weight, Span<float> gradient)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        // The largest logit is subtracted first, so that no power overflows.
        SpanMath.Apply(logits, gradient, new ExpSubtract(logits[best]));
        double sum = SpanMath.Sum(gradient, default(Identity));
        var logSum = logits[best] + Math.Log(sum);
        var scaleAndShift = new ScaleAndShift((float)(weight / sum), (float)(-weight * labelSmoothing / logits.Length));
        SpanMath.Apply(gradient, gradient, scaleAndShift);
        gradient[label] -= (float)(weight * (1 - labelSmoothing));

        var meanLogit = labelSmoothing == 0 ? 0 : SpanMath.Sum(logits, default(Identity)) / logits.Length;
        return (logSum - ((1 - labelSmoothing) * logits[label]) - (labelSmoothing * meanLogit), best == label);
    }
}
