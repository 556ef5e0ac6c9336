using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>
/// What each row's loss is multiplied by: the weight of its class times its own, divided by the mean of these over the training rows. It owns a
/// tensor.
/// </summary>
internal sealed class RowWeights : IDisposable
{
    private readonly float[]? _factors;
    private readonly Tensor? _factorOfClass;

    /// <exception cref="InvalidOperationException">All rows weigh nothing.</exception>
    /// <exception cref="ArgumentException">There is not a class weight for each class.</exception>
    public RowWeights(MlpClassWeights classWeights, RowStatistics statistics, Device device)
    {
        var given = classWeights.For(statistics.RowsOfClass);
        if (given is null && !statistics.HasWeights)
        {
            return;
        }

        var weights = given ?? [.. statistics.RowsOfClass.Select(_ => 1.0)];
        var mean = weights.Zip(statistics.WeightOfClass, (weight, sum) => weight * sum).Sum() / statistics.RowCount;
        if (mean == 0)
        {
            throw new InvalidOperationException("All rows of the training data have a weight of 0, so that there is nothing to learn; at least one must be above 0.");
        }

        _factors = [.. weights.Select(weight => (float)(weight / mean))];
        _factorOfClass = tensor(_factors, ScalarType.Float32, device).DetachFromDisposeScope();
    }

    /// <summary>The factor of each row, or null if all are 1.</summary>
    /// <param name="labels">The rows' classes, on the device.</param>
    /// <param name="ownWeights">The rows' own weights, on the device.</param>
    public Tensor? Of(Tensor labels, Tensor ownWeights) => _factorOfClass?.index_select(0, labels).mul_(ownWeights);

    /// <summary>The factor of one row.</summary>
    public float Of(RowTag tag) => _factors is null ? 1 : _factors[tag.Label] * tag.Weight;

    public void Dispose() => _factorOfClass?.Dispose();
}
