using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary>
/// A loss of the residual, which is the output minus the standardised label. Losses and metrics are computed of standardised residuals,
/// and reported in the label's unit.
/// </summary>
/// <param name="Scale">How labels are standardised.</param>
internal abstract record RegressionLoss(TargetScale Scale) : TrainingLoss
{
    public sealed override TargetScale? TargetScale => Scale;

    /// <summary>The metric is a square.</summary>
    public sealed override double MetricUnit => Scale.Deviation * Scale.Deviation;

    public sealed override RowLoss Compute(ReadOnlySpan<float> outputs, Target target, double weight, Span<float> gradient)
    {
        var residual = outputs[0] - Scale.Standardize(target.Value);
        var (loss, slope) = ComputeLoss(residual);
        gradient[0] = (float)(weight * slope);
        return new RowLoss(loss, residual * residual);
    }

    public sealed override Tensor ToTensor(ReadOnlySpan<Target> targets)
    {
        var values = new float[targets.Length];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = (float)Scale.Standardize(targets[row].Value);
        }

        return tensor(values, ScalarType.Float32, CPU);
    }

    public sealed override Tensor ComputeLosses(Tensor outputs, Tensor targets) =>
        ComputeLossesOf(outputs.squeeze(1), targets.to(outputs.dtype));

    public sealed override Tensor ComputeMetrics(Tensor outputs, Tensor targets) => outputs.squeeze(1).sub(targets).square();

    protected sealed override Tensor AverageMembers(Tensor outputs) => outputs.mean([1]);

    /// <summary>The loss of a residual, and its derivative.</summary>
    protected abstract (double Loss, double Slope) ComputeLoss(double residual);

    /// <summary>The same in libtorch, for predictions and standardised labels, both <c>[rows]</c>.</summary>
    protected abstract Tensor ComputeLossesOf(Tensor predictions, Tensor labels);
}
