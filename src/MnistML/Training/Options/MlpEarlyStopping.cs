using MnistML.Common;

namespace MnistML;

/// <summary>
/// Ends a training when the validation loss has not improved for some epochs. The model has the weights of the epoch with the lowest
/// validation loss (Prechelt, 1998).
/// </summary>
public sealed record MlpEarlyStopping
{
    /// <summary>Makes a rule.</summary>
    /// <param name="patience">See <see cref="Patience"/>.</param>
    /// <param name="minimumImprovement">See <see cref="MinimumImprovement"/>.</param>
    public MlpEarlyStopping(int patience = 5, double minimumImprovement = 0)
    {
        Patience = patience;
        MinimumImprovement = minimumImprovement;
    }

    /// <summary>Epochs in a row without improvement after which the training ends, at least 1; 5 by default.</summary>
    [AtLeast(1)]
    public int Patience { get; init; }

    /// <summary>
    /// By how much the validation loss, in its own unit, must fall below the last improvement to count as an improvement; 0 or above, 0 by
    /// default. The model has the weights of the lowest loss, whether it counted or not.
    /// </summary>
    [AtLeast(0)]
    public double MinimumImprovement { get; init; }

    /// <summary>Whether a training with these validation losses, one for each epoch, ends here.</summary>
    internal bool EndsAfter(IEnumerable<double> losses)
    {
        var (best, epochsWithout) = (double.PositiveInfinity, 0);
        foreach (var loss in losses)
        {
            var improves = loss < best - MinimumImprovement;
            (best, epochsWithout) = improves ? (loss, 0) : (best, epochsWithout + 1);
            if (epochsWithout >= Patience)
            {
                return true;
            }
        }

        return false;
    }
}
