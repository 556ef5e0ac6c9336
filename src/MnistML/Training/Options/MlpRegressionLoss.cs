using MnistML.Common;
using MnistML.Network.Losses;

namespace MnistML;

/// <summary>
/// What a regression minimises: a function of the residual r, which is the prediction minus the label, in the label's unit.
/// </summary>
public sealed record MlpRegressionLoss
{
    private MlpRegressionLoss(LossFunction function) => Function = function;

    private enum LossFunction
    {
        Squared,
        Absolute,
        Huber,
        Quantile,
    }

    /// <summary><c>r²</c>: predicts the mean of the labels, as PyTorch's <c>MSELoss</c>.</summary>
    public static MlpRegressionLoss Squared { get; } = new(LossFunction.Squared);

    /// <summary><c>|r|</c>: predicts the median of the labels, as PyTorch's <c>L1Loss</c>. Outliers count less.</summary>
    public static MlpRegressionLoss Absolute { get; } = new(LossFunction.Absolute);

    /// <summary>The residual from which <see cref="Huber"/> is linear, in the label's unit; null for the other losses.</summary>
    [Above(0)]
    public double? Delta { get; private init; }

    /// <summary>The quantile that <see cref="Quantile"/> predicts; null for the other losses.</summary>
    [Above(0), Below(1)]
    public double? Alpha { get; private init; }

    private LossFunction Function { get; }

    /// <summary>
    /// <c>r² / 2</c> up to <c>|r| = delta</c>, and <c>delta · (|r| - delta / 2)</c> beyond, as PyTorch's <c>HuberLoss</c>: between
    /// <see cref="Squared"/> and <see cref="Absolute"/> (Huber, 1964).
    /// </summary>
    /// <param name="delta">In the label's unit, above 0.</param>
    public static MlpRegressionLoss Huber(double delta) => new(LossFunction.Huber) { Delta = delta };

    /// <summary>
    /// The pinball loss, <c>-alpha · r</c> where the prediction is too low and <c>(1 - alpha) · r</c> where it is too high: predicts the
    /// quantile <paramref name="alpha"/> of the labels, which lies above that fraction of them (Koenker and Bassett, 1978). Two trainings,
    /// for 0.1 and 0.9, give an interval that holds 80 % of the labels.
    /// </summary>
    /// <remarks>
    /// Dropout, and batch normalisation in small batches, add noise to the outputs in training. A quantile leaves room for it, so that much
    /// of it makes the interval too wide; few rows that are learnt by heart make it too narrow. Count on rows that were set aside.
    /// </remarks>
    /// <param name="alpha">Above 0 and below 1; 0.5 is the median.</param>
    public static MlpRegressionLoss Quantile(double alpha) => new(LossFunction.Quantile) { Alpha = alpha };

    /// <summary>The loss's name, with its parameter if it has one.</summary>
    public override string ToString() =>
        (Delta ?? Alpha) is { } parameter ? FormattableString.Invariant($"{Function}({parameter})") : $"{Function}";

    /// <summary>The loss for labels of a scale.</summary>
    internal TrainingLoss Create(TargetScale scale) => Function switch
    {
        LossFunction.Absolute => new AbsoluteLoss(scale),
        LossFunction.Huber => new HuberLoss(scale, Delta!.Value),
        LossFunction.Quantile => new QuantileLoss(scale, Alpha!.Value),
        _ => new SquaredLoss(scale),
    };
}
