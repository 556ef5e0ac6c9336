namespace MnistML.Samples.Explanation;

/// <summary>The cross-entropy of one row and the values that it is computed from.</summary>
internal sealed class LossSteps
{
    public LossSteps(IReadOnlyList<double> logits, int label)
    {
        Logits = logits;
        Label = label;
        Largest = logits.Max();
        Powers = [.. logits.Select(logit => Math.Exp(logit - Largest))];
        PowerSum = Powers.Sum();
        Probabilities = [.. Powers.Select(power => power / PowerSum)];
        Loss = Math.Log(PowerSum) - (logits[label] - Largest);
    }

    /// <summary>The outputs of the last layer, z.</summary>
    public IReadOnlyList<double> Logits { get; }

    /// <summary>The zero-based class of the row.</summary>
    public int Label { get; }

    /// <summary>The largest logit. Subtracted from all, it changes no probability, and no power can overflow.</summary>
    public double Largest { get; }

    /// <summary>e to the power of each logit less the largest.</summary>
    public IReadOnlyList<double> Powers { get; }

    public double PowerSum { get; }

    /// <summary>The softmax of the logits: the powers as shares of their sum.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>
    /// -ln of the label's probability, in nats, from the logits: ln of a probability that was rounded to 0 would be infinite.
    /// </summary>
    public double Loss { get; }
}
