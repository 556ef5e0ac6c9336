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
        var dropout = new Option<double?>("--dropout") { Description = "The dropout rate instead of the default" };
        var epochs = new Option<int?>("--epochs") { Description = "Epochs instead of the default" };
        var normalized = new Option<bool>("--batch-normalization") { Description = "With batch normalisation" };
        var command = new Command("quantiles", $"Count rows set aside between the quantiles {Low} and {High}")
        {
            rows, test, seed, dropout, epochs, normalized,
        };
        command.SetAction(parsed =>
        {
            var options = new MlpRegressionTrainer.Options
            {
                DropoutRate = parsed.GetValue(dropout),
                MaxEpochs = parsed.GetValue(epochs),
                BatchNormalization = parsed.GetValue(normalized),
            };
            return Run(parsed.GetValue(rows), parsed.GetValue(test), parsed.GetValue(seed), options);
        });
        return command;
    }

    private static int Run(int rows, int testRows, int seed, MlpRegressionTrainer.Options options)
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
            var (lows, highs) = (Predict(Low), Predict(High));
            var below = labels.Zip(lows).Count(row => row.First < row.Second) / (double)testRows;
            var above = labels.Zip(highs).Count(row => row.First > row.Second) / (double)testRows;
            var covered = 1 - below - above;
            verdict.Expect(
                Math.Abs(covered - (High - Low)) <= MaxDeviation,
                Text($"{table.Name}: {High - Low:P0} ± {MaxDeviation:P0} of {testRows:N0} rows set aside lie between the quantiles: ")
                    + Text($"{covered:P1}, {below:P1} below, {above:P1} above"));

            float[] Predict(double quantile) =>
                PredictOthers(table, rows, options with { Loss = MlpRegressionLoss.Quantile(quantile), Seed = seed });
        }

        return verdict.ExitCode;
    }

    /// <summary>Trains on the first rows and predicts the others.</summary>
    private static float[] PredictOthers(NumberTable table, int rows, MlpRegressionTrainer.Options options)
    {
        var mlContext = new MLContext();
        using var model = mlContext.Regression.Trainers.Mlp(mlContext, options).Fit(table.ToView(mlContext, Enumerable.Range(0, rows)));
        var others = table.ToView(mlContext, Enumerable.Range(rows, table.RowCount - rows));
        return [.. model.Transform(others).GetColumn<float>("Score")];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
