using MnistML.Samples.Data;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Says which data is used.</summary>
internal static class DataReport
{
    public static void Write(IAnsiConsole console, DigitData data)
    {
        if (data.WhySynthetic is { } why)
        {
            console.MarkupLineInterpolated(
                $"[yellow]Warning: no MNIST at hand, so this run uses synthetic digits, and its accuracy says nothing of MNIST. {why}[/]");
        }

        console.WriteFact(
            "Data", $"{data.Name}, {data.Train.GetRowCount():N0} training and {data.Test.GetRowCount():N0} test images, {data.Origin}");
    }
}
