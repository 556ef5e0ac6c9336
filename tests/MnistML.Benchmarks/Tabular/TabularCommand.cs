using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// Compares the default options with those of ML.NET's own trainers on tables of many kinds. On three tables of four they are at least as
/// accurate as the best of the others, within one standard error.
/// </summary>
internal static class TabularCommand
{
    private const double MinShareHeld = 0.75;

    public static Command Create()
    {
        var tables = new Option<string?>("--tables")
        {
            Description = "Folder of more tables, CSV or gzipped, no header, class last; README.md says how scikit-learn writes them",
            HelpName = "DIR",
        };
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 1 };
        var isShort = new Option<bool>("--short") { Description = "Only four small tables" };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var command = new Command(
            "tabular", "Compare the default options with ML.NET's LightGbm, SdcaMaximumEntropy and LbfgsMaximumEntropy on tables")
        {
            tables, folds, seed, isShort, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(tables), parsed.GetValue(folds), parsed.GetValue(seed), parsed.GetValue(isShort), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string? folder, int foldCount, int seed, bool isShort, string? json)
    {
        LibTorch.EnsureLoaded();
        var figures = new List<TabularFigures>();
        foreach (var table in isShort ? FewTables(seed) : [.. FewTables(seed), .. MoreTables(seed), .. Exported(folder)])
        {
            figures.Add(Compare(table, foldCount, seed));
        }

        Report.Write(json, figures);
        var verdict = new Verdict();
        var held = figures.Count(figure => figure.Held);
        verdict.Expect(
            held >= MinShareHeld * figures.Count,
            Text($"as accurate as the best of ML.NET's three, within one standard error, on three tables of four: ")
                + Text($"on {held} of {figures.Count}"));
        return verdict.ExitCode;
    }

    private static TabularFigures Compare(Table table, int foldCount, int seed)
    {
        var folds = new Folds(table, foldCount, seed);
        Console.WriteLine(Text($"{table.Name}: {table.RowCount} rows, {table.FeatureCount} features, {table.ClassCount} classes"));
        var ours = Measure(Contestant.Mlp);
        (string Name, Scores Scores)[] theirs = [.. Contestant.Rivals.Select(rival => (rival.Name, Measure(rival)))];
        var (bestName, best) = theirs.MaxBy(rival => rival.Scores.Mean);
        var held = ours.IsAsGoodAs(best);
        Console.WriteLine($"  {(held ? "held" : "NOT HELD")} against {bestName}");
        var rivals = theirs.ToDictionary(rival => rival.Name, rival => rival.Scores);
        return new TabularFigures(table.Name, table.RowCount, table.FeatureCount, table.ClassCount, ours, rivals, held);

        Scores Measure(Contestant contestant)
        {
            var watch = Stopwatch.StartNew();
            var scores = new Scores([.. contestant.CrossValidate(table, folds, seed).Select(metrics => metrics.MicroAccuracy)]);
            var seconds = watch.Elapsed.TotalSeconds / foldCount;
            Console.WriteLine(Text($"  {contestant.Name,-14} {scores.Mean:F4} ± {scores.StandardError:F4}   {seconds:F2} s a fold"));
            return scores;
        }
    }

    private static IEnumerable<Table> FewTables(int seed) =>
    [
        HardTables.Iris(),
        ScikitTables.Moons(400, noise: 0.3, seed),
        ScikitTables.GaussianQuantiles(600, features: 5, classes: 3, seed),
        HardTables.ManyClasses(classes: 20, rowsOfClass: 10, seed),
    ];

    private static IEnumerable<Table> MoreTables(int seed) =>
    [
        ScikitTables.Classification(200, seed: seed),
        ScikitTables.Classification(1_000, seed: seed),
        ScikitTables.Classification(4_000, features: 40, informative: 15, redundant: 5, classes: 10, seed: seed),
        ScikitTables.Classification(10_000, informative: 10, classes: 3, flip: 0.1, seed: seed),
        ScikitTables.Circles(500, noise: 0.15, factor: 0.6, seed),
        ScikitTables.GaussianQuantiles(3_000, features: 10, classes: 3, seed),
        ScikitTables.Hastie(4_000, seed),
        ScikitTables.Blobs(500, features: 10, classes: 5, deviation: 4, seed),
        HardTables.ManyClasses(classes: 100, rowsOfClass: 10, seed),
        HardTables.OneHot(3_000, seed),
        HardTables.Curved("normal", 3_000, z => z, seed),
        HardTables.Curved("log-normal", 3_000, Math.Exp, seed),
    ];

    private static IEnumerable<Table> Exported(string? folder)
    {
        if (folder is null)
        {
            Console.WriteLine("Tables of scikit-learn's own are left out: --tables names no folder.");
            return [];
        }

        return TableFile.In(folder).Select(file => Table.Parse(file.Name, file.ReadLines()));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
