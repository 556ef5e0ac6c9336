using MnistML.Network.Losses;

namespace MnistML.Training.Loop;

/// <summary>Loss and metric over one batch, or over several together, in the label's unit.</summary>
/// <param name="RowCount">Rows.</param>
/// <param name="LossSum">The sum of their losses.</param>
/// <param name="MetricSum">The number of correct predictions; in regression the sum of squared errors.</param>
internal readonly record struct BatchOutcome(long RowCount, double LossSum, double MetricSum)
{
    public double MeanLoss => LossSum / RowCount;

    public double MeanMetric => MetricSum / RowCount;

    public static BatchOutcome operator +(BatchOutcome left, BatchOutcome right) =>
        new(left.RowCount + right.RowCount, left.LossSum + right.LossSum, left.MetricSum + right.MetricSum);

    /// <param name="rowCount">Rows.</param>
    /// <param name="sums">Sums over the rows, as the loss computes them.</param>
    /// <param name="loss">Has the units of both.</param>
    public static BatchOutcome Of(long rowCount, RowLoss sums, TrainingLoss loss) =>
        new(rowCount, sums.Loss * loss.LossUnit, sums.Metric * loss.MetricUnit);
}
