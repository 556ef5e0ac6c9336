using Microsoft.ML.Data;
using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>
/// The confusion matrix as a picture: what is right in blue, what is wrong in red, the deeper the more of its label's images.
/// </summary>
internal static class ConfusionPlot
{
    private const float TitleSize = 16;
    private const float TextSize = 13;
    private const float Margin = 16;

    /// <summary>Names longer than that end in an ellipsis.</summary>
    private const float WidestName = 110;

    private const float CellHeight = 30;
    private const float NarrowestCell = 46;

    /// <summary>One in twenty images of a label taken for one other class is as deep a red as there is.</summary>
    private const double DeepestMistakeShare = 0.05;

    /// <summary>From there on white text is read better than black.</summary>
    private const double DarkFrom = 0.55;

    private static readonly SKColor Right = new(0x1F, 0x6F, 0xB4);
    private static readonly SKColor Wrong = new(0xC8, 0x3E, 0x2B);
    private static readonly SKColor Zero = new(0xB0, 0xB0, 0xB0);
    private static readonly SKColor Grid = new(0xE0, 0xE0, 0xE0);

    /// <summary>Writes the matrix, as SVG or PNG by the path's ending.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="confusion">The matrix.</param>
    /// <param name="classNames">The names of the classes, in its order.</param>
    public static void Write(string path, ConfusionMatrix confusion, IReadOnlyList<string> classNames)
    {
        string[] names = [.. classNames.Select(name => PlotFont.Fit(name, TextSize, WidestName))];
        var widestName = names.Max(name => PlotFont.Measure(name, TextSize));
        var widestCount = confusion.Counts.Max(row => row.Max(count => PlotFont.Measure($"{count:F0}", TextSize)));
        var cellWidth = MathF.Ceiling(Math.Max(NarrowestCell, Math.Max(widestName, widestCount) + 10));
        var left = MathF.Ceiling(Margin + Math.Max(TextSize + 14 + widestName, PlotFont.Measure("Precision", TextSize) + 8));
        var top = Margin + TitleSize + 12 + (2 * (TextSize + 8));
        const string Title = "Confusion matrix of the test set";
        var recallWidth = MathF.Ceiling(PlotFont.Measure("100.0 %", TextSize) + 24);
        var width = Math.Max(left + (cellWidth * names.Length) + recallWidth + Margin, PlotFont.Measure(Title, TitleSize) + (2 * Margin));
        var height = top + (CellHeight * (names.Length + 1)) + Margin;

        PictureFile.Write(path, (int)width, (int)height, canvas =>
        {
            var centre = left + (cellWidth * names.Length / 2);
            PlotFont.Draw(canvas, Title, width / 2, Margin + TitleSize, TitleSize, SKColors.Black, SKTextAlign.Center);
            PlotFont.Draw(canvas, "Predicted", centre, Margin + TitleSize + 12 + TextSize, TextSize, SKColors.Black, SKTextAlign.Center);
            PlotFont.Draw(
                canvas, "Recall", left + (cellWidth * names.Length) + recallWidth, top - 8, TextSize, SKColors.Black, SKTextAlign.Right);
            PlotFont.Draw(canvas, "Precision", left - 8, BaselineOf(names.Length), TextSize, SKColors.Black, SKTextAlign.Right);
            using (new SKAutoCanvasRestore(canvas))
            {
                canvas.Translate(Margin + TextSize - 3, top + (CellHeight * names.Length / 2));
                canvas.RotateDegrees(-90);
                PlotFont.Draw(canvas, "Label", 0, 0, TextSize, SKColors.Black, SKTextAlign.Center);
            }

            for (var label = 0; label < names.Length; label++)
            {
                var columnCentre = left + ((label + 0.5f) * cellWidth);
                PlotFont.Draw(canvas, names[label], columnCentre, top - 8, TextSize, SKColors.Black, SKTextAlign.Center);
                PlotFont.Draw(canvas, names[label], left - 8, BaselineOf(label), TextSize, SKColors.Black, SKTextAlign.Right);
                PlotFont.Draw(
                    canvas, $"{confusion.PerClassPrecision[label]:0.0 %}", columnCentre, BaselineOf(names.Length), TextSize - 2,
                    SKColors.Black, SKTextAlign.Center);
                PlotFont.Draw(
                    canvas, $"{confusion.PerClassRecall[label]:0.0 %}", left + (cellWidth * names.Length) + recallWidth, BaselineOf(label),
                    TextSize, SKColors.Black, SKTextAlign.Right);
                DrawRow(canvas, confusion.Counts[label], label, left, top + (label * CellHeight), cellWidth);
            }
        });

        float BaselineOf(int row) => top + (row * CellHeight) + ((CellHeight + TextSize) / 2) - 2;
    }

    private static void DrawRow(SKCanvas canvas, IReadOnlyList<double> counts, int label, float left, float top, float cellWidth)
    {
        using var fill = new SKPaint();
        using var grid = new SKPaint { Color = Grid, Style = SKPaintStyle.Stroke };
        var total = Math.Max(counts.Sum(), 1);
        for (var predicted = 0; predicted < counts.Count; predicted++)
        {
            var count = counts[predicted];
            var isRight = predicted == label;
            var depth = Math.Min(count / total / (isRight ? 1 : DeepestMistakeShare), 1);
            var cell = SKRect.Create(left + (predicted * cellWidth), top, cellWidth, CellHeight);
            fill.Color = PlotColors.Blend(isRight ? Right : Wrong, depth);
            canvas.DrawRect(cell, fill);
            canvas.DrawRect(cell, grid);
            var color = count == 0 ? Zero : depth > DarkFrom ? SKColors.White : SKColors.Black;
            PlotFont.Draw(canvas, $"{count:F0}", cell.MidX, cell.MidY + (TextSize / 2) - 2, TextSize, color, SKTextAlign.Center);
        }
    }
}
