using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Native;

namespace MnistML.Benchmarks.Tasks;

/// <summary>Trains for two quantiles, and counts how many rows that no training saw lie between their predictions.</summary>
internal static class QuantilesCommand
{
    private const double Low = 0.1;
    private const double High = 0.9;
    private const double MaxDeviation = 0.03;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Rows to train on, of each table", DefaultValueFactory = _ => 10_000 };
        var test = new Option<int>("--test-rows") { Description = "Rows set aside, of each table", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int>("--seed") { Description = "Draws tables and weights", DefaultValueFactory = _ => 1 };
        var command = new Command("quantiles", $"Count rows set aside between the quantiles {Low} and {High}") { rows, test, seed };
        command.SetAction(parsed => Run(parsed.GetValue(rows), parsed.GetValue(test), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(int rows, int testRows, int seed)
    {
        LibTorch.EnsureLoaded();
        var verdict = new Verdict();
        NumberTable[] tables =
        [
            NumberTables.GrowingNoise(rows + testRows, seed),
            NumberTables.Friedman1(rows + testRows, noise: 1, seed),
        ];
        foreach (var table in tables)
        {
            var labels = table.Labels[rows..];
            var (lows, highs) = (Predict(table, rows, Low, seed), Predict(table, rows, High, seed));
            var below = labels.Zip(lows).Count(row => row.First < row.Second) / (double)testRows;
            var above = labels.Zip(highs).Count(row => row.First > row.Second) / (double)testRows;
            var covered = 1 - below - above;
            verdict.Expect(
                Math.Abs(covered - (High - Low)) <= MaxDeviation,
                Text($"{table.Name}: {High - Low:P0} ± {MaxDeviation:P0} of {testRows:N0} rows set aside lie between the quantiles: ")
                    + Text($"{covered:P1}, {below:P1} below, {above:P1} above"));
        }

        return verdict.ExitCode;
    }

    /// <summary>Trains on the first rows for a quantile and predicts the others.</summary>
    private static float[] Predict(NumberTable table, int rows, double quantile, int seed)
    {
        var mlContext = new MLContext(seed);
        var options = new MlpRegressionTrainer.Options { Loss = MlpRegressionLoss.Quantile(quantile) };
        var trainer = mlContext.Regression.Trainers.Mlp(mlContext, options);
        using var model = trainer.Fit(table.ToView(mlContext, Enumerable.Range(0, rows)));
        var others = table.ToView(mlContext, Enumerable.Range(rows, table.RowCount - rows));
        return [.. model.Transform(others).GetColumn<float>("Score")];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
