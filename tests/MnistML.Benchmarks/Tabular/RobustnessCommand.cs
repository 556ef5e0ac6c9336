using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// Features as they should not be, given to the default options as they are and standardised by hand: the first is no worse than the second, within the standard error of the second.
/// That of their difference is smaller, for both train alike, and of ten such comparisons one or two would exceed it by chance.
/// </summary>
internal static class RobustnessCommand
{
    private const int SlotsOfPowers = 13;
    private const int LeastPower = -6;

    private static readonly Contestant Unscaled = new("Mlp", mlContext => mlContext.MulticlassClassification.Trainers.Mlp(
        mlContext, MlpRecipes.Fast with { FeatureScaling = MlpFeatureScaling.None }));

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows of each table", DefaultValueFactory = _ => 3_000 };
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 1 };
        var command = new Command("robustness", "Compare the default options on unscaled, constant, one-hot and imbalanced features with the same after scaling by hand") { rows, folds, seed };
        command.SetAction(parsed => Run(parsed.GetValue(rows), parsed.GetValue(folds), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(int rows, int foldCount, int seed)
    {
        LibTorch.EnsureLoaded();
        var verdict = new Verdict();
        var plain = ScikitTables.Classification(rows, features: SlotsOfPowers, informative: 8, classes: 3, seed: seed);
        var imbalanced = ScikitTables.Classification(rows, informative: 8, flip: 0, separation: 2, rareShare: 0.01, seed: seed);
        Table[] tables =
        [
            plain.Change(row => [.. row.Select((value, slot) => (float)(value * Math.Pow(10, slot + LeastPower)))]) with { Name = "columns of 1e-6 to 1e6" },
            plain.Change(row => [7, .. row, 0, 1e6f]) with { Name = "three constant columns" },
            HardTables.OneHot(rows, seed),
            imbalanced with { Name = "imbalance 1:100" },
            imbalanced.Change(row => [.. row.Select((value, slot) => (float)(value * Math.Pow(10, (slot % SlotsOfPowers) + LeastPower)))]) with { Name = "imbalance 1:100 and columns of 1e-6 to 1e6" },
        ];
        foreach (var table in tables)
        {
            var folds = new Folds(table, foldCount, seed);
            var byHand = Standardize(table);
            var (asTheyAre, scaled) = (Contestant.Mlp.CrossValidate(table, folds, seed), Unscaled.CrossValidate(byHand, folds, seed));
            Compare("accuracy", metrics => metrics.MicroAccuracy);
            Compare("mean recall of the classes", metrics => metrics.MacroAccuracy);

            void Compare(string measure, Func<MulticlassClassificationMetrics, double> score)
            {
                var (ours, others) = (new Scores([.. asTheyAre.Select(score)]), new Scores([.. scaled.Select(score)]));
                verdict.Expect(
                    ours.IsWithinErrorOf(others),
                    Text($"{table.Name}, {measure}: {ours.Mean:F4} ± {ours.StandardError:F4}, scaled by hand {others.Mean:F4} ± {others.StandardError:F4}"));
            }
        }

        return verdict.ExitCode;
    }

    /// <summary>As scikit-learn's <c>StandardScaler</c>, by plain loops in double precision.</summary>
    private static Table Standardize(Table table)
    {
        double[] means = [.. Enumerable.Range(0, table.FeatureCount).Select(slot => table.Features.Average(row => (double)row[slot]))];
        double[] deviations = [.. means.Select((mean, slot) => Math.Sqrt(table.Features.Average(row => (row[slot] - mean) * (row[slot] - mean))))];
        return table.Change(row => [.. row.Select((value, slot) => (float)((value - means[slot]) / (deviations[slot] > 0 ? deviations[slot] : 1)))]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
