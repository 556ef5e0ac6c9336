using Microsoft.ML.Data;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Which classes are taken for which: a table, and the pairs that are confused most often.</summary>
/// <param name="confusion">Counts by label and prediction.</param>
/// <param name="classNames">The classes' names, in order.</param>
internal sealed class ConfusionReport(ConfusionMatrix confusion, IReadOnlyList<string> classNames)
{
    private const int WorstPairCount = 3;

    /// <summary>Columns of the matrix for the labels' names, the recall and the space about them.</summary>
    private const int FrameWidth = 24;

    public void Write(IAnsiConsole console)
    {
        if (MatrixWidth <= console.Profile.Width)
        {
            console.WriteLine("Confusion matrix: rows are labels, columns predictions");
            console.Write(CreateMatrix());
        }
        else
        {
            console.WriteLine("Classes: the confusion matrix is wider than the screen");
            console.Write(CreateList());
        }

        WriteWorstPairs(console);
    }

    private int MatrixWidth => FrameWidth + classNames.Select((name, index) => 1 + Math.Max(name.Length, ColumnDigits(index))).Sum();

    private IEnumerable<(int Label, int Predicted, double Count)> Mistakes =>
        from label in Enumerable.Range(0, confusion.NumberOfClasses)
        from predicted in Enumerable.Range(0, confusion.NumberOfClasses)
        where label != predicted && confusion.Counts[label][predicted] > 0
        select (label, predicted, confusion.Counts[label][predicted]);

    private int ColumnDigits(int predicted) => Math.Max("0.00".Length, confusion.Counts.Max(row => $"{row[predicted]:F0}".Length));

    private Table CreateMatrix()
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("").RightAligned());
        foreach (var name in classNames)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned().NoWrap().Padding(0, 1));
        }

        table.AddColumn(new TableColumn("Recall").RightAligned().Padding(0, 0));
        for (var label = 0; label < confusion.NumberOfClasses; label++)
        {
            table.AddRow(
            [
                Markup.Escape(classNames[label]),
                .. confusion.Counts[label].Select((count, predicted) => FormatCount(count, isRight: predicted == label)),
                $"{confusion.PerClassRecall[label]:F4}",
            ]);
        }

        table.AddRow(["Precision", .. confusion.PerClassPrecision.Select(precision => $"{precision:F2}"), ""]);
        return table;
    }

    private Table CreateList()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(
            new TableColumn("Label").RightAligned(),
            new TableColumn("Images").RightAligned(),
            new TableColumn("Right").RightAligned(),
            new TableColumn("Recall").RightAligned(),
            new TableColumn("Precision").RightAligned(),
            new TableColumn("Most often taken for"));
        for (var label = 0; label < confusion.NumberOfClasses; label++)
        {
            var worst = Mistakes.Where(mistake => mistake.Label == label).OrderByDescending(mistake => mistake.Count).Take(1);
            table.AddRow(
                Markup.Escape(classNames[label]),
                $"{confusion.Counts[label].Sum():F0}",
                $"{confusion.Counts[label][label]:F0}",
                $"{confusion.PerClassRecall[label]:F4}",
                $"{confusion.PerClassPrecision[label]:F4}",
                string.Concat(worst.Select(mistake => Markup.Escape($"{classNames[mistake.Predicted]} ({mistake.Count:F0})"))));
        }

        return table;
    }

    private void WriteWorstPairs(IAnsiConsole console)
    {
        var worst = Mistakes.OrderByDescending(mistake => mistake.Count).Take(WorstPairCount).ToArray();
        console.WriteLine(worst.Length == 0 ? "No image was taken for another class." : "Most often confused:");
        foreach (var (label, predicted, count) in worst)
        {
            console.WriteLine($"  {classNames[label]} taken for {classNames[predicted]}: {(count == 1 ? "once" : $"{count:F0} times")}");
        }
    }

    private static string FormatCount(double count, bool isRight) => (count, isRight) switch
    {
        (0, _) => "[dim].[/]",
        (_, true) => $"[green]{count:F0}[/]",
        _ => $"[red]{count:F0}[/]",
    };
}
