using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary>
/// The pinball loss: <c>Alpha</c> times the residual's size where the prediction is too low, and <c>1 - Alpha</c> times where it is too
/// high, so that its minimum is the quantile <paramref name="Alpha"/> of the labels.
/// </summary>
/// <param name="Scale">How labels are standardised.</param>
/// <param name="Alpha">Between 0 and 1.</param>
internal sealed record QuantileLoss(TargetScale Scale, double Alpha) : RegressionLoss(Scale)
{
    public override double LossUnit => Scale.Deviation;

    protected override (double Loss, double Slope) ComputeLoss(double residual)
    {
        var slope = residual > 0 ? 1 - Alpha : residual < 0 ? -Alpha : 0;
        return (slope * residual, slope);
    }

    protected override Tensor ComputeLossesOf(Tensor predictions, Tensor labels)
    {
        var residuals = predictions.sub(labels);
        return residuals.relu().mul(1 - Alpha).add(residuals.neg().relu().mul(Alpha));
    }
}
