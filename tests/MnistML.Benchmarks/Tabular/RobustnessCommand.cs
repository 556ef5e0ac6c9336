using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// Compares the default options on difficult features with the same features standardised by hand. The first must be no worse than the
/// second, within the standard error of the second. The standard error of their difference is smaller, since both train alike: of ten such
/// comparisons one or two would exceed it by chance.
/// </summary>
internal static class RobustnessCommand
{
    private const int PowerCount = 13;
    private const int MinPower = -6;

    private static readonly Contestant Unscaled = new("Mlp", mlContext => mlContext.MulticlassClassification.Trainers.Mlp(
        mlContext, MlpRecipes.Fast with { FeatureScaling = MlpFeatureScaling.None }));

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows of each table", DefaultValueFactory = _ => 3_000 };
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "robustness",
            "Compare the default options on unscaled, constant, one-hot and imbalanced features with the same after scaling by hand")
        {
            rows, folds, seed,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rows), parsed.GetValue(folds), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(int rows, int foldCount, int seed)
    {
        LibTorch.EnsureLoaded();
        var verdict = new Verdict();
        var plain = ScikitTables.Classification(rows, features: PowerCount, informative: 8, classes: 3, seed: seed);
        var imbalanced = ScikitTables.Classification(rows, informative: 8, flip: 0, separation: 2, rareShare: 0.01, seed: seed);
        Table[] tables =
        [
            WithPowers(plain) with { Name = "columns of 1e-6 to 1e6" },
            plain.Change(row => [7, .. row, 0, 1e6f]) with { Name = "three constant columns" },
            HardTables.OneHot(rows, seed),
            imbalanced with { Name = "imbalance 1:100" },
            WithPowers(imbalanced) with { Name = "imbalance 1:100 and columns of 1e-6 to 1e6" },
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
                    Text($"{table.Name}, {measure}: {ours.Mean:F4} ± {ours.StandardError:F4}, ")
                        + Text($"scaled by hand {others.Mean:F4} ± {others.StandardError:F4}"));
            }
        }

        return verdict.ExitCode;
    }

    /// <summary>Multiplies the columns by the powers of ten from 1e-6 to 1e6, in turn.</summary>
    private static Table WithPowers(Table table) =>
        table.Change(row => [.. row.Select((value, column) => (float)(value * Math.Pow(10, (column % PowerCount) + MinPower)))]);

    /// <summary>Standardises as scikit-learn's <c>StandardScaler</c> does, by plain loops in double precision.</summary>
    private static Table Standardize(Table table)
    {
        var (means, deviations) = (new double[table.FeatureCount], new double[table.FeatureCount]);
        for (var column = 0; column < means.Length; column++)
        {
            double[] values = [.. table.Features.Select(row => (double)row[column])];
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            (means[column], deviations[column]) = (mean, deviation > 0 ? deviation : 1);
        }

        return table.Change(row => [.. row.Select((value, column) => (float)((value - means[column]) / deviations[column]))]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
