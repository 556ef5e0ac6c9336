using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary><c>residual²</c>, whose minimum is the mean of the labels.</summary>
internal sealed record SquaredLoss(TargetScale Scale) : RegressionLoss(Scale)
{
    public override double LossUnit => MetricUnit;

    protected override (double Loss, double Slope) ComputeLoss(double residual) => (residual * residual, 2 * residual);

    protected override Tensor ComputeLossesOf(Tensor predictions, Tensor labels) =>
        nn.functional.mse_loss(predictions, labels, reduction: nn.Reduction.None);
}
