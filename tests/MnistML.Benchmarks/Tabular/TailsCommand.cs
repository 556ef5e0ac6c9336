using System.CommandLine;
using System.Globalization;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// Measures what heavy tails cost the default options, and what ML.NET's normalisers in front of them bring back. LightGbm takes part as a
/// trainer that tails do not affect.
/// </summary>
internal static class TailsCommand
{
    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows of each table", DefaultValueFactory = _ => 3_000 };
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 1 };
        var command = new Command("tails", "Compare what can stand in front of the default options where features have heavy tails")
        {
            rows, folds, seed,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rows), parsed.GetValue(folds), parsed.GetValue(seed)));
        return command;
    }

    private static void Run(int rows, int foldCount, int seed)
    {
        LibTorch.EnsureLoaded();
        Table[] tables =
        [
            HardTables.Curved("log-normal", rows, Math.Exp, seed),
            HardTables.Curved("cube of a log-normal", rows, z => Math.Exp(3 * z), seed),
            HardTables.Curved("fifth power, signed", rows, z => Math.Pow(z, 5), seed),
        ];
        foreach (var table in tables)
        {
            var folds = new Folds(table, foldCount, seed);
            Console.WriteLine(table.Name);
            foreach (var contestant in Contestant.ForTails)
            {
                var scores = new Scores([.. contestant.CrossValidate(table, folds, seed).Select(metrics => metrics.MicroAccuracy)]);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  {contestant.Name,-44} {scores.Mean:F4} ± {scores.StandardError:F4}"));
            }
        }
    }
}
