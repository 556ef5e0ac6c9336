using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>Loss and accuracy over one batch, or over several together.</summary>
/// <param name="RowCount">Rows.</param>
/// <param name="LossSum">The sum of their losses, in nats.</param>
/// <param name="CorrectCount">Rows whose most probable class is their label.</param>
internal readonly record struct BatchOutcome(long RowCount, double LossSum, long CorrectCount)
{
    public double MeanLoss => LossSum / RowCount;

    public double Accuracy => (double)CorrectCount / RowCount;

    public static BatchOutcome operator +(BatchOutcome left, BatchOutcome right) =>
        new(left.RowCount + right.RowCount, left.LossSum + right.LossSum, left.CorrectCount + right.CorrectCount);

    /// <param name="meanLoss">The mean over the rows, a tensor of one value.</param>
    /// <param name="logits"><c>[rows, classes]</c>.</param>
    /// <param name="labels"><c>[rows]</c>.</param>
    public static BatchOutcome Of(Tensor meanLoss, Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var rows = labels.shape[0];
        var right = logits.detach().argmax(1).eq(labels).sum().item<long>();
        return new BatchOutcome(rows, meanLoss.detach().to(ScalarType.Float64).item<double>() * rows, right);
    }
}
