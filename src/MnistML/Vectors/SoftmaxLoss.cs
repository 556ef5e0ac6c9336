using MnistML.Network;

namespace MnistML.Vectors;

/// <summary>The cross-entropy of the softmax of one row's logits, as <see cref="MlpNetwork.CrossEntropy"/> has it, with its derivative.</summary>
internal static class SoftmaxLoss
{
    /// <summary>Computes the loss of a row, and its derivative by each logit: <c>weight · (softmax - target)</c>.</summary>
    /// <param name="logits">One for each class.</param>
    /// <param name="label">Zero-based.</param>
    /// <param name="labelSmoothing">ε: the share of the target that is spread over all classes.</param>
    /// <param name="weight">The factor on the derivatives.</param>
    /// <param name="derivatives">As many as the logits.</param>
    /// <returns>The loss in nats, without the factor, and whether the label is the most probable class.</returns>
    public static (double Loss, bool IsCorrect) Compute(ReadOnlySpan<float> logits, int label, double labelSmoothing, double weight, Span<float> derivatives)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        // Less the largest, so that no power is too large for a float.
        SpanMath.Apply(logits, derivatives, new ExpSubtract(logits[best]));
        double sum = SpanMath.Sum(derivatives, default(Identity));
        var logSum = logits[best] + Math.Log(sum);
        SpanMath.Apply(derivatives, derivatives, new ScaleAndShift((float)(weight / sum), (float)(-weight * labelSmoothing / logits.Length)));
        derivatives[label] -= (float)(weight * (1 - labelSmoothing));

        var meanLogit = labelSmoothing == 0 ? 0 : SpanMath.Sum(logits, default(Identity)) / logits.Length;
        return (logSum - ((1 - labelSmoothing) * logits[label]) - (labelSmoothing * meanLogit), best == label);
    }
}
