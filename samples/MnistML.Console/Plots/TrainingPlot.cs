namespace MnistML.Samples.Plots;

/// <summary>What the epochs of a training came to: its losses in one plot, its accuracies in another.</summary>
internal static class TrainingPlot
{
    public static void WriteLoss(string path, IReadOnlyList<MlpEpochMetrics> history) => new LinePlot
    {
        Title = "Loss by epoch",
        VerticalTitle = "Cross-entropy (nats)",
        Lines = LinesOf(history, "Training, while learning", epoch => epoch.TrainLoss, epoch => epoch.ValidationLoss),
    }.Write(path);

    public static void WriteAccuracy(string path, IReadOnlyList<MlpEpochMetrics> history) => new LinePlot
    {
        Title = "Accuracy by epoch",
        VerticalTitle = "Images classified rightly",
        VerticalFormat = "0.0 %",
        Lines = LinesOf(history, "Training, while learning", epoch => epoch.TrainAccuracy, epoch => epoch.ValidationAccuracy),
    }.Write(path);

    private static PlotLine[] LinesOf(
        IReadOnlyList<MlpEpochMetrics> history, string trainName, Func<MlpEpochMetrics, double?> train,
        Func<MlpEpochMetrics, double?> validation)
    {
        var trained = new PlotLine(trainName, [.. history.Select(epoch => new PlotPoint(epoch.Epoch, train(epoch)!.Value))]);
        var validated = history.Where(epoch => validation(epoch) is not null)
            .Select(epoch => new PlotPoint(epoch.Epoch, validation(epoch)!.Value))
            .ToArray();
        return validated.Length > 0 ? [trained, new PlotLine("Validation", validated)] : [trained];
    }
}
