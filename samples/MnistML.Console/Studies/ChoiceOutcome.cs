namespace MnistML.Samples.Studies;

/// <summary>What a choice came to.</summary>
/// <param name="Name">The choice.</param>
/// <param name="Runs">For each seed the accuracy on the test images after each epoch; null where the training diverged.</param>
/// <param name="Signal">How much the logits differ between images before the training: their standard deviation; null where it was not
/// measured.</param>
internal sealed record ChoiceOutcome(string Name, IReadOnlyList<double[]?> Runs, double? Signal)
{
    public bool HasDiverged => Runs.Any(run => run is null);

    /// <summary>Mean and spread over seeds after an epoch.</summary>
    /// <param name="epoch">The epoch; the first is 1.</param>
    public Spread After(int epoch) => Spread.Of([.. Runs.Select(run => run is null ? double.NaN : run[epoch - 1])]);
}
