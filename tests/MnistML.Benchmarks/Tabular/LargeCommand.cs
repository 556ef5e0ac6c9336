using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// Measures the default options on very many classes and on very many rows: the seconds of a training, and the accuracy on a fifth of the
/// rows that is set aside.
/// </summary>
internal static class LargeCommand
{
    private const int RowsOfClass = 20;
    private const int Parts = 5;

    public static Command Create()
    {
        var classes = new Option<int>("--classes")
        {
            Description = "Classes of the one table, of 20 rows each",
            DefaultValueFactory = _ => 1_000,
        };
        var rows = new Option<int>("--rows")
        {
            Description = "Rows of the other, of 20 features and 3 classes",
            DefaultValueFactory = _ => 1_000_000,
        };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 1 };
        var command = new Command("large", "Time the default options on a table of 1,000 classes and on one of a million rows")
        {
            classes, rows, seed,
        };
        command.SetAction(parsed => Run(parsed.GetValue(classes), parsed.GetValue(rows), parsed.GetValue(seed)));
        return command;
    }

    private static void Run(int classes, int rows, int seed)
    {
        LibTorch.EnsureLoaded();
        Measure(HardTables.ManyClasses(classes, RowsOfClass, seed), seed);
        Measure(ScikitTables.Classification(rows, informative: 10, classes: 3, flip: 0.1, seed: seed), seed);
    }

    private static void Measure(Table table, int seed)
    {
        var folds = new Folds(table, Parts, seed);
        var watch = Stopwatch.StartNew();
        var metrics = Contestant.Mlp.Test(table, folds, fold: 0, seed);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{table.Name}: {metrics.MicroAccuracy:F4} after {watch.Elapsed.TotalSeconds:F1} s of training and testing"));
    }
}
