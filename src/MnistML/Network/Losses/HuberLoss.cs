using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary>
/// <c>residual² / 2</c> up to a residual of <paramref name="Delta"/>, and <c>Delta · (|residual| - Delta / 2)</c> beyond. So outliers
/// count less.
/// </summary>
/// <param name="Scale">How labels are standardised.</param>
/// <param name="Delta">In the label's unit, above 0.</param>
internal sealed record HuberLoss(TargetScale Scale, double Delta) : RegressionLoss(Scale)
{
    public override double LossUnit => MetricUnit;

    private double StandardizedDelta => Delta / Scale.Deviation;

    protected override (double Loss, double Slope) ComputeLoss(double residual)
    {
        var delta = StandardizedDelta;
        return Math.Abs(residual) <= delta
            ? (residual * residual / 2, residual)
            : (delta * (Math.Abs(residual) - (delta / 2)), double.CopySign(delta, residual));
    }

    protected override Tensor ComputeLossesOf(Tensor predictions, Tensor labels) =>
        nn.functional.huber_loss(predictions, labels, StandardizedDelta, nn.Reduction.None);
}
