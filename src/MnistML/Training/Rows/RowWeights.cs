using MnistML.Network.Losses;

namespace MnistML.Training.Rows;

/// <summary>
/// The factor on each row's loss: the weight of its class times its own, divided by the mean of these products over the training rows.
/// </summary>
internal sealed class RowWeights
{
    private readonly double[]? _factorOfClass;

    /// <exception cref="InvalidOperationException">All rows have a weight of 0.</exception>
    /// <exception cref="ArgumentException">The number of class weights is not the number of classes.</exception>
    public RowWeights(MlpClassWeights classWeights, RowStatistics statistics)
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
            throw new InvalidOperationException(
                "All rows of the training data have a weight of 0, so that there is nothing to learn; at least one must be above 0.");
        }

        _factorOfClass = [.. weights.Select(weight => weight / mean)];
    }

    /// <summary>Whether every row has the factor 1.</summary>
    public bool AreEqual => _factorOfClass is null;

    /// <summary>The factor of one row.</summary>
    public double Of(Target target) => _factorOfClass is null ? 1 : _factorOfClass[target.Class] * target.Weight;
}
