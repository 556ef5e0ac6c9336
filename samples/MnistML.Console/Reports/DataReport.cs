using MnistML.Samples.Data;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Says which data is used.</summary>
internal static class DataReport
{
    public static void Write(IAnsiConsole console, DigitData data)
    {
        if (data.IsSynthetic)
        {
            console.MarkupLine(
                "[yellow]Warning: no MNIST at hand (neither --data nor MNIST_DATA_DIR, and nothing in the cache), so this run uses "
                + "synthetic digits. Its accuracy says nothing of MNIST.[/]");
        }

        console.WriteLine($"Data: {data.Name}, {data.Train.GetRowCount():N0} training and {data.Test.GetRowCount():N0} test images, {data.Origin}");
    }
}
