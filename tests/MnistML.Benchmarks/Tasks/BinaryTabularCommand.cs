using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MnistML.Benchmarks.Tabular;
using MnistML.Native;

namespace MnistML.Benchmarks.Tasks;

/// <summary>
/// Compares one logit with the two-valued key: the binary trainer's accuracy with that of the multiclass one, on the same folds of
/// tables of two classes. It is no lower by more than the standard error of the latter. That of their difference is smaller, since both
/// train alike: of five such comparisons one would exceed it by chance.
/// </summary>
internal static class BinaryTabularCommand
{
    private const int Classes = 2;

    public static Command Create()
    {
        var tables = new Option<string?>("--tables")
        {
            Description = "Folder of tables as CSV, gzipped or not, without a header, the class last; drawn ones without it",
            HelpName = "DIR",
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Names of its tables; all those of two classes without it",
            AllowMultipleArgumentsPerToken = true,
        };
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var repeats = new Option<int>("--repeats")
        {
            Description = "Cross-validations of each table, by seeds of their own",
            DefaultValueFactory = _ => 3,
        };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => 1 };
        var isShort = new Option<bool>("--short") { Description = "Only two small tables" };
        var command = new Command("binary-tabular", "Compare one logit with a key of two classes, by accuracy on tables")
        {
            tables, only, folds, repeats, seed, isShort,
        };
        command.SetAction(parsed =>
        {
            var draw = parsed.GetValue(seed);
            var chosen = parsed.GetValue(tables) is { } folder
                ? Exported(folder, parsed.GetValue(only) ?? [])
                : Drawn(draw).Take(parsed.GetValue(isShort) ? 2 : int.MaxValue);
            return Run(chosen, parsed.GetValue(folds), parsed.GetValue(repeats), draw);
        });
        return command;
    }

    private static int Run(IEnumerable<Table> tables, int foldCount, int repeats, int seed)
    {
        LibTorch.EnsureLoaded();
        var verdict = new Verdict();
        foreach (var table in tables)
        {
            var (logit, key) = (new List<double>(), new List<double>());
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                var seedOfRepeat = seed + (repeat * foldCount);
                var folds = new Folds(table, foldCount, seedOfRepeat);
                for (var fold = 0; fold < foldCount; fold++)
                {
                    logit.Add(TestLogit(table, folds, fold, seedOfRepeat));
                    key.Add(Contestant.Mlp.Test(table, folds, fold, seedOfRepeat).MicroAccuracy);
                }
            }

            var (ours, others) = (new Scores(logit), new Scores(key));
            verdict.Expect(
                ours.IsWithinErrorOf(others),
                Text($"{table.Name}, {table.RowCount} rows: one logit {100 * ours.Mean:F2} ± {100 * ours.StandardError:F2} %, ")
                    + Text($"the key {100 * others.Mean:F2} ± {100 * others.StandardError:F2} %, ")
                    + $"difference {ours.Minus(others).ToPoints()} points");
        }

        return verdict.ExitCode;
    }

    private static double TestLogit(Table table, Folds folds, int fold, int seed)
    {
        var mlContext = new MLContext(seed + fold);
        var trainer = mlContext.BinaryClassification.Trainers.Mlp(mlContext);
        using var model = trainer.Fit(table.ToBinaryView(mlContext, folds.RowsToTrain(fold)));
        return mlContext.BinaryClassification.Evaluate(model.Transform(table.ToBinaryView(mlContext, folds.RowsToTest(fold)))).Accuracy;
    }

    private static IEnumerable<Table> Drawn(int seed) =>
    [
        ScikitTables.Moons(400, noise: 0.3, seed),
        ScikitTables.Circles(500, noise: 0.15, factor: 0.6, seed),
        ScikitTables.Classification(1_000, seed: seed),
        HardTables.OneHot(2_000, seed),
        ScikitTables.Hastie(2_000, seed),
    ];

    private static IEnumerable<Table> Exported(string folder, string[] only) =>
        TableFile.In(folder).Where(file => only.Length == 0 || only.Contains(file.Name))
            .Select(file => Table.Parse(file.Name, file.ReadLines())).Where(table => table.ClassCount == Classes);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
