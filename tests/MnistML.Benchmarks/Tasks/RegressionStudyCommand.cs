using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MnistML.Benchmarks.Tabular;
using MnistML.Native;

namespace MnistML.Benchmarks.Tasks;

/// <summary>
/// Compares choices of the regression trainer's default options on the tables of <see cref="RegressionCommand"/>, by seeds other than its
/// own. It judges nothing.
/// </summary>
internal static class RegressionStudyCommand
{
    private static readonly MlpRegressionTrainer.Options Default = new();
    private static readonly MlpRegressionTrainer.Options Normalized = Default with { BatchNormalization = true };

    private static readonly (string Name, MlpRegressionTrainer.Options Options)[] Choices =
    [
        ("as they are", Default),
        ("dropout 0, 30 epochs", Default with { MaxEpochs = 30 }),
        ("dropout 0, 60 epochs", Default with { MaxEpochs = 60 }),
        ("dropout 0, 100 epochs", Default with { MaxEpochs = 100 }),
        ("dropout 0.1, 60 epochs", Default with { DropoutRate = 0.1, MaxEpochs = 60 }),
        ("dropout 0.1, 100 epochs", Default with { DropoutRate = 0.1, MaxEpochs = 100 }),
        ("dropout 0.2, 30 epochs", Default with { DropoutRate = 0.2, MaxEpochs = 30 }),
        ("dropout 0, 30 epochs, batches of 64", Default with { BatchSize = 64, MaxEpochs = 30 }),
        ("normalised, as for classes", Normalized with { DropoutRate = 0.3, MaxEpochs = 30 }),
        ("normalised, dropout 0, 30 epochs", Normalized with { MaxEpochs = 30 }),
        ("normalised, dropout 0, 100 epochs", Normalized with { MaxEpochs = 100 }),
        ("normalised, dropout 0.1, 30 epochs", Normalized with { DropoutRate = 0.1, MaxEpochs = 30 }),
        ("normalised, dropout 0.1, 100 epochs", Normalized with { DropoutRate = 0.1, MaxEpochs = 100 }),
        ("normalised, dropout 0, 30 epochs, batches of 64", Normalized with { MaxEpochs = 30, BatchSize = 64 }),
        ("normalised, dropout 0, 100 epochs, batches of 64", Normalized with { MaxEpochs = 100, BatchSize = 64 }),
    ];

    public static Command Create()
    {
        var tables = RegressionCommand.TablesOption();
        var only = new Option<string[]>("--only")
        {
            Description = "Choices whose names hold one of these texts",
            AllowMultipleArgumentsPerToken = true,
        };
        var on = new Option<string[]>("--on")
        {
            Description = "Tables whose names hold one of these texts",
            AllowMultipleArgumentsPerToken = true,
        };
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 101 };
        var rows = new Option<int>("--rows") { Description = "Rows of each drawn table", DefaultValueFactory = _ => 2_000 };
        var command = new Command("regression-study", "Compare choices of the regression trainer's default options")
        {
            tables, only, on, folds, seed, rows,
        };
        command.SetAction(parsed =>
        {
            var drawn = RegressionCommand.Tables(parsed.GetValue(tables), parsed.GetValue(rows), parsed.GetValue(seed));
            var chosen = drawn.Where(table => Holds(table.Name, parsed.GetValue(on)));
            Run(chosen, parsed.GetValue(only), parsed.GetValue(folds), parsed.GetValue(seed));
        });
        return command;
    }

    private static void Run(IEnumerable<NumberTable> tables, string[]? only, int foldCount, int seed)
    {
        LibTorch.EnsureLoaded();
        Regressor[] regressors =
        [
            .. Choices.Where(choice => Holds(choice.Name, only))
                .Select(choice => new Regressor(choice.Name, mlContext => mlContext.Regression.Trainers.Mlp(mlContext, choice.Options))),
            Regressor.Sdca,
            .. Regressor.Trees,
        ];
        foreach (var table in tables)
        {
            Console.WriteLine(Text($"{table.Name}: {table.RowCount} rows, {table.FeatureCount} features"));
            var folds = new Folds(table.RowCount, foldCount, seed);
            foreach (var regressor in regressors)
            {
                var errors = regressor.CrossValidate(table, folds, seed);
                Console.WriteLine(Text($"  {regressor.Name,-60} {errors.Mean,10:G5} ± {errors.StandardError:G2}"));
            }
        }
    }

    private static bool Holds(string name, string[]? texts) =>
        texts is null or [] || texts.Any(text => name.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
