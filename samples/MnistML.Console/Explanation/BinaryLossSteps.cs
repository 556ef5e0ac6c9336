namespace MnistML.Samples.Explanation;

/// <summary>The binary cross-entropy of one row and the values that it is computed from.</summary>
/// <param name="Logit">The output of the network, z, the logit of true.</param>
/// <param name="Label">1 for true, 0 for false.</param>
internal sealed record BinaryLossSteps(double Logit, int Label)
{
    /// <summary>The logistic sigmoid of the logit: the probability of true.</summary>
    public double Probability => 1 / (1 + Math.Exp(-Logit));

    /// <summary>The probability of the label.</summary>
    public double LabelProbability => 1 / (1 + Math.Exp(Label == 1 ? -Logit : Logit));

    /// <summary>The larger of the logit and 0.</summary>
    public double Positive => Math.Max(Logit, 0);

    /// <summary>ln(1 + e^-|z|), whose power cannot overflow.</summary>
    public double LogTerm => Math.Log(1 + Math.Exp(-Math.Abs(Logit)));

    /// <summary>-ln of the label's probability, in nats, from the logit.</summary>
    public double Loss => Positive - (Logit * Label) + LogTerm;

    /// <summary>The derivative of the loss with respect to the logit.</summary>
    public double Slope => Probability - Label;
}
