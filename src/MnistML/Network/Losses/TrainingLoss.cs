using static TorchSharp.torch;

namespace MnistML.Network.Losses;

/// <summary>
/// What a training minimises: the loss of a task, once by hand for the processor, and once in libtorch for other devices, for validation
/// and for comparison. Both compute the same numbers.
/// </summary>
internal abstract record TrainingLoss
{
    /// <summary>Computes the loss of one row, and its gradient with respect to the outputs.</summary>
    /// <param name="outputs">The outputs of the network.</param>
    /// <param name="target">What it should predict.</param>
    /// <param name="weight">A factor on the gradient.</param>
    /// <param name="gradient">Receives the gradient; as long as the outputs.</param>
    public abstract RowLoss Compute(ReadOnlySpan<float> outputs, Target target, double weight, Span<float> gradient);

    /// <summary>The targets of rows as a tensor, <c>[rows]</c>, on the processor.</summary>
    public abstract Tensor ToTensor(ReadOnlySpan<Target> targets);

    /// <summary>The loss of each row, <c>[rows]</c>.</summary>
    /// <param name="outputs"><c>[rows, outputs]</c>.</param>
    /// <param name="targets">From <see cref="ToTensor"/>, on the device of the outputs.</param>
    public abstract Tensor ComputeLosses(Tensor outputs, Tensor targets);

    /// <summary>The mean loss of rows, a tensor of one value.</summary>
    /// <param name="outputs"><c>[rows, outputs]</c>.</param>
    /// <param name="targets">From <see cref="ToTensor"/>, on the device of the outputs.</param>
    /// <param name="rowWeights">A factor for each row; the sum is divided by the number of rows, not by the sum of the weights.</param>
    public Tensor ComputeMean(Tensor outputs, Tensor targets, Tensor? rowWeights = null)
    {
        var losses = ComputeLosses(outputs, targets);
        return (rowWeights is null ? losses : losses.mul(rowWeights)).mean();
    }

    /// <summary>The metric of each row, <c>[rows]</c>, as in <see cref="RowLoss"/>.</summary>
    /// <inheritdoc cref="ComputeLosses" path="/param"/>
    public abstract Tensor ComputeMetrics(Tensor outputs, Tensor targets);

    /// <summary>
    /// The outputs of an ensemble from those of its members: in classification the logits of the mean probabilities, in regression the
    /// mean.
    /// </summary>
    /// <param name="outputs"><c>[rows, members, outputs]</c>.</param>
    /// <returns><c>[rows, outputs]</c>; with one member its own outputs.</returns>
    public Tensor Average(Tensor outputs) => outputs.shape[1] == 1 ? outputs.squeeze(1) : AverageMembers(outputs);

    /// <summary>The same for several members.</summary>
    protected abstract Tensor AverageMembers(Tensor outputs);

    /// <summary>The loss that validation computes: the same without what only a training needs.</summary>
    public virtual TrainingLoss ForValidation() => this;

    /// <summary>How labels are scaled while the network learns; null where they are classes.</summary>
    public virtual TargetScale? TargetScale => null;

    /// <summary>The factor from a loss, as computed here, to the unit in which it is reported.</summary>
    public virtual double LossUnit => 1;

    /// <summary>The factor from a metric, as computed here, to the unit in which it is reported.</summary>
    public virtual double MetricUnit => 1;
}
