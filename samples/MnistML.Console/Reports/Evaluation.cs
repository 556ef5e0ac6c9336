using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Samples.Data;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>How a model does on the test set.</summary>
internal sealed class Evaluation
{
    private const int TopK = 3;

    private readonly IReadOnlyList<string> _classNames;

    private Evaluation(MulticlassClassificationMetrics metrics, double seconds, IReadOnlyList<string> classNames)
    {
        Metrics = metrics;
        Seconds = seconds;
        _classNames = classNames;
    }

    public MulticlassClassificationMetrics Metrics { get; }

    /// <summary>Wall time of scoring the test set and computing its metrics.</summary>
    public double Seconds { get; }

    /// <exception cref="ArgumentException">The model was trained on data of another form.</exception>
    public static Evaluation Run(MLContext mlContext, ITransformer model, IDataView test)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test), topKPredictionCount: TopK);
            return new Evaluation(metrics, watch.Elapsed.TotalSeconds, DigitImages.ClassNamesOf(test.Schema["Label"]));
        }
        catch (InvalidOperationException mismatch)
        {
            throw new ArgumentException($"The model can't score this test set: {mismatch.Message}", mismatch);
        }
    }

    public void Write(IAnsiConsole console)
    {
        console.WriteLine();
        console.WriteLine($"Test accuracy: {Metrics.MicroAccuracy:F4}");
        console.WriteLine($"Mean accuracy of the classes: {Metrics.MacroAccuracy:F4}");
        console.WriteLine($"Label among the {TopK} most probable: {Metrics.TopKAccuracy:F4}");
        console.WriteLine($"Log-loss: {Metrics.LogLoss:F4} (reduced by {Metrics.LogLossReduction:P1} against guessing by class frequency)");
        console.WriteLine();
        new ConfusionReport(Metrics.ConfusionMatrix, _classNames).Write(console);
    }
}
