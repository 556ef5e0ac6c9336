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

    public static Evaluation Run(MLContext mlContext, ITransformer model, IDataView test)
    {
        var watch = Stopwatch.StartNew();
        var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test), topKPredictionCount: TopK);
        return new Evaluation(metrics, watch.Elapsed.TotalSeconds, DigitImages.ClassNamesOf(test.Schema["Label"]));
    }

    public void Write(IAnsiConsole console)
    {
        console.WriteLine();
        console.WriteLine($"Test accuracy: {Metrics.MicroAccuracy:F4}");
        console.WriteLine($"Mean accuracy of the classes: {Metrics.MacroAccuracy:F4}");
        console.WriteLine($"Label among the {TopK} most probable: {Metrics.TopKAccuracy:F4}");
        console.WriteLine($"Log-loss: {Metrics.LogLoss:F4} (reduced by {Metrics.LogLossReduction:P1} against guessing by class frequency)");
        console.Write(CreateConfusionTable());
    }

    private Table CreateConfusionTable()
    {
        var confusion = Metrics.ConfusionMatrix;
        var table = new Table().Border(TableBorder.Simple).Title("Confusion matrix: rows are labels, columns predictions");
        table.AddColumn(new TableColumn("").RightAligned());
        foreach (var name in _classNames)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned().Padding(0, 1));
        }

        table.AddColumn(new TableColumn("Recall").RightAligned().Padding(0, 0));
        for (var label = 0; label < confusion.NumberOfClasses; label++)
        {
            table.AddRow(
            [
                Markup.Escape(_classNames[label]),
                .. confusion.Counts[label].Select((count, predicted) => FormatCount(count, isRight: predicted == label)),
                $"{confusion.PerClassRecall[label]:F4}",
            ]);
        }

        table.AddRow(["Precision", .. confusion.PerClassPrecision.Select(precision => $"{precision:F2}"), ""]);
        return table;
    }

    private static string FormatCount(double count, bool isRight) => (count, isRight) switch
    {
        (0, _) => "[dim].[/]",
        (_, true) => $"[green]{count:F0}[/]",
        _ => $"[red]{count:F0}[/]",
    };
}
