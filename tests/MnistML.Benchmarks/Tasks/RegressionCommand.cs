using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MnistML.Benchmarks.Tabular;
using MnistML.Native;

namespace MnistML.Benchmarks.Tasks;

/// <summary>
/// Compares the default options of the regression trainer with those of ML.NET's own, by the root mean squared error. On three tables of
/// five its mean is below Sdca's, and no higher than that of either tree trainer by more than the standard error of the difference.
/// </summary>
internal static class RegressionCommand
{
    private const double MinShareHeld = 0.6;

    public static Command Create()
    {
        var tables = TablesOption();
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 1 };
        var rows = new Option<int>("--rows") { Description = "Rows of each drawn table", DefaultValueFactory = _ => 2_000 };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var command = new Command(
            "regression", "Compare the default options with ML.NET's Sdca, LightGbm and FastTree on tables of scikit-learn's kinds")
        {
            tables, folds, seed, rows, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(tables), parsed.GetValue(folds), parsed.GetValue(seed), parsed.GetValue(rows), parsed.GetValue(json)));
        return command;
    }

    public static Option<string?> TablesOption() => new("--tables")
    {
        Description = "Folder of more tables as CSV, without a header, the label last; README.md says how scikit-learn writes them",
        HelpName = "DIR",
    };

    /// <summary>The drawn tables, and those of a folder.</summary>
    public static IEnumerable<NumberTable> Tables(string? folder, int rows, int seed) => [.. DrawnTables(rows, seed), .. Exported(folder)];

    private static int Run(string? folder, int foldCount, int seed, int rows, string? json)
    {
        LibTorch.EnsureLoaded();
        var figures = new List<RegressionFigures>();
        foreach (var table in Tables(folder, rows, seed))
        {
            figures.Add(Compare(table, foldCount, seed));
        }

        Report.Write(json, figures);
        var verdict = new Verdict();
        var held = figures.Count(figure => figure.Held);
        verdict.Expect(
            held >= MinShareHeld * figures.Count,
            Text($"better than Sdca, and as good as LightGbm and FastTree within one standard error, on three tables of five: ")
                + Text($"on {held} of {figures.Count}"));
        return verdict.ExitCode;
    }

    private static RegressionFigures Compare(NumberTable table, int foldCount, int seed)
    {
        var folds = new Folds(table.RowCount, foldCount, seed);
        Console.WriteLine(Text($"{table.Name}: {table.RowCount} rows, {table.FeatureCount} features"));
        var (ours, linear) = (Measure(Regressor.Mlp), Measure(Regressor.Sdca));
        var trees = Regressor.Trees.ToDictionary(tree => tree.Name, Measure);
        var held = ours.Mean < linear.Mean && trees.Values.All(tree => IsAsLowAs(ours, tree));
        Console.WriteLine($"  {(held ? "held" : "NOT HELD")}");
        return new RegressionFigures(table.Name, table.RowCount, table.FeatureCount, ours, linear, trees, held);

        Scores Measure(Regressor regressor)
        {
            var watch = Stopwatch.StartNew();
            var errors = regressor.CrossValidate(table, folds, seed);
            var seconds = watch.Elapsed.TotalSeconds / foldCount;
            Console.WriteLine(Text($"  {regressor.Name,-10} {errors.Mean,10:G5} ± {errors.StandardError:G2}   {seconds:F2} s a fold"));
            return errors;
        }
    }

    /// <summary>Whether errors are no higher than others of the same folds by more than the standard error of their difference.</summary>
    private static bool IsAsLowAs(Scores ours, Scores others)
    {
        var differences = ours.Minus(others);
        return differences.Mean <= differences.StandardError;
    }

    /// <summary>The noise of the first three is Friedman's own (1991): a third of the signal's deviation, and 1 in the first.</summary>
    private static IEnumerable<NumberTable> DrawnTables(int rows, int seed) =>
    [
        NumberTables.Friedman1(rows, noise: 1, seed),
        NumberTables.Friedman2(rows, noise: 125, seed),
        NumberTables.Friedman3(rows, noise: 0.1, seed),
        NumberTables.Linear(rows, features: 20, informative: 10, noise: 10, seed),
        NumberTables.SwissRoll(rows, noise: 0.5, seed),
    ];

    private static IEnumerable<NumberTable> Exported(string? folder)
    {
        if (folder is null)
        {
            Console.WriteLine("Tables that scikit-learn ships are left out: --tables names no folder.");
            return [];
        }

        return TableFile.In(folder).Select(file => NumberTable.Parse(file.Name, file.ReadLines()));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
