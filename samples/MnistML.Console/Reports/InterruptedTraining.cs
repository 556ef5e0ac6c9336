namespace MnistML.Samples.Reports;

/// <summary>Says which model is left of a training that was interrupted.</summary>
internal static class InterruptedTraining
{
    /// <summary>The best epoch's where there is validation data, else the model as it stood.</summary>
    public static string Describe(IReadOnlyList<MlpEpochMetrics> history, string modelPath)
    {
        var last = history[^1];
        if (last.ValidationLoss is null)
        {
            return $"the model as it stood after epoch {last.Epoch} is in {modelPath}";
        }

        var best = history.MinBy(epoch => epoch.ValidationLoss)!;
        return $"the best model so far, epoch {best.Epoch} of {last.Epoch} with a validation accuracy of "
            + $"{best.ValidationAccuracy:F4}, is in {modelPath}";
    }
}
