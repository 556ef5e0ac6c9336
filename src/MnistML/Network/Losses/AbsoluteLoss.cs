using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary><c>|residual|</c>, whose minimum is the median of the labels.</summary>
internal sealed record AbsoluteLoss(TargetScale Scale) : RegressionLoss(Scale)
{
    public override double LossUnit => Scale.Deviation;

    protected override (double Loss, double Slope) ComputeLoss(double residual) =>
        (Math.Abs(residual), residual > 0 ? 1 : residual < 0 ? -1 : 0);

    protected override Tensor ComputeLossesOf(Tensor predictions, Tensor labels) =>
        nn.functional.l1_loss(predictions, labels, reduction: nn.Reduction.None);
}
