using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// Compares the default options with LightGbm's, with what they were before, and with themselves without each of their parts, by
/// cross-validation on given tables or on drawn ones. The drawn tables are other draws than those of <see cref="TabularCommand"/>, so that
/// these stay unseen.
/// </summary>
internal static class TabularStudyCommand
{
    private const int FirstSeed = 101;

    private static readonly Contestant[] Contestants =
    [
        Contestant.Mlp,
        Contestant.Rivals[0],
        Variant("single network", MlpRecipes.Images),
        Variant("no bins", new()
        {
            FeatureEncoding = MlpFeatureEncoding.None, FeatureScaling = MlpFeatureScaling.Quantile, LearnedFeatureFactors = true,
        }),
        Variant("8 bins", new() { FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(8) }),
        Variant("32 bins", new() { FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(32) }),
        Variant("no scores", new() { FeatureScaling = MlpFeatureScaling.BoundedStandardize }),
        Variant("no factors", new() { LearnedFeatureFactors = false }),
        Variant("4 members", new() { Members = 4 }),
        Variant("16 members", new() { Members = 16 }),
        Variant("one member of 512-256", new() { Members = 1, HiddenLayers = [512, 256] }),
        Variant("members of 64-64", new() { Members = 8, HiddenLayers = [64, 64] }),
        Variant("members of 256-256", new() { Members = 8, HiddenLayers = [256, 256] }),
        Variant("30 epochs, no cycles", new() { MaxEpochs = 30, DropoutRate = 0.3 }),
        Variant("four cycles", new() { Schedule = MlpSchedule.DoublingCycles(cycles: 4) }),
        Variant("twice the updates", new() { Schedule = MlpSchedule.DoublingCycles(maxUpdates: 4800) }),
        Variant("no temperature", new() { CalibrateTemperature = false }),
        Variant("dropout 0.1", new() { DropoutRate = 0.1 }),
        Variant("dropout 0.5", new() { DropoutRate = 0.5 }),
        Variant("learning rate 0.002", new() { Optimizer = MlpOptimizer.AdamW(0.002) }),
        Variant("learning rate 0.006", new() { Optimizer = MlpOptimizer.AdamW(0.006) }),
        Variant("float32", new() { Precision = MlpPrecision.Single }),
        Variant("no batch normalisation", new() { BatchNormalization = false }),
    ];

    private static readonly Func<int, Table>[] Draws =
    [
        seed => ScikitTables.Classification(200, seed: seed),
        seed => ScikitTables.Classification(1_000, seed: seed),
        seed => ScikitTables.Classification(1_000, informative: 10, seed: seed),
        seed => ScikitTables.Classification(1_000, features: 10, informative: 5, classes: 3, seed: seed),
        seed => ScikitTables.Classification(3_000, features: 40, informative: 15, redundant: 5, classes: 10, seed: seed),
        seed => ScikitTables.GaussianQuantiles(1_500, features: 10, classes: 3, seed),
        seed => ScikitTables.Blobs(500, features: 10, classes: 5, deviation: 4, seed),
        seed => ScikitTables.Moons(400, noise: 0.3, seed),
        seed => HardTables.ManyClasses(classes: 50, rowsOfClass: 10, seed),
        seed => HardTables.OneHot(2_000, seed),
        seed => HardTables.Curved("normal", 2_000, z => z, seed),
        seed => HardTables.Curved("log-normal", 2_000, Math.Exp, seed),
    ];

    public static Command Create()
    {
        var folder = new Option<string?>("--tables")
        {
            Description = "Folder of tables, CSV or gzipped, no header, class last; without it tables are drawn",
            HelpName = "DIR",
        };
        var names = new Option<string[]>("--table")
        {
            Description = "Only tables whose names contain one of these texts",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [""],
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Beside the default options only contestants whose names contain one of these texts",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["LightGbm", "single network"],
        };
        var folds = new Option<int>("--folds") { Description = "Folds of each cross-validation, at least 2", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Draws tables, folds and weights", DefaultValueFactory = _ => FirstSeed };
        var kinds = new Option<int>("--kinds") { Description = "Draw so many kinds of tables", DefaultValueFactory = _ => Draws.Length };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var command = new Command("tabular-study", "Compare the default options with LightGbm and with other choices on tables")
        {
            folder, names, only, folds, seed, kinds, json,
        };
        command.SetAction(parsed => Run(
            TablesOf(parsed.GetValue(folder), parsed.GetValue(names)!, parsed.GetValue(kinds), parsed.GetValue(seed)),
            parsed.GetValue(only)!,
            parsed.GetValue(folds),
            parsed.GetValue(seed),
            parsed.GetValue(json)));
        return command;
    }

    private static IEnumerable<Table> TablesOf(string? folder, string[] names, int kinds, int seed) => folder is null
        ? Draws.Take(kinds).Select(draw => draw(seed))
        : TableFile.In(folder).Where(file => Contains(file.Name, names)).Select(file => Table.Parse(file.Name, file.ReadLines()));

    private static void Run(IEnumerable<Table> tables, string[] only, int foldCount, int seed, string? json)
    {
        LibTorch.EnsureLoaded();
        Contestant[] contestants = [Contestants[0], .. Contestants.Skip(1).Where(contestant => Contains(contestant.Name, only))];
        var figures = new Dictionary<string, Dictionary<string, TableScores>>();
        foreach (var table in tables)
        {
            Console.WriteLine(Text($"{table.Name}: {table.RowCount} rows, {table.FeatureCount} features, {table.ClassCount} classes"));
            var folds = new Folds(table, foldCount, seed);
            var ofTable = figures[table.Name] = [];
            foreach (var contestant in contestants)
            {
                var scores = ofTable[contestant.Name] = contestant.Measure(table, folds, seed);
                Console.WriteLine(
                    Text($"  {contestant.Name,-24} {100 * scores.Accuracy.Mean:F2} ± {100 * scores.Accuracy.StandardError:F2}   log-loss ")
                    + Text($"{scores.LogLoss.Mean:F4}   {Describe(scores.Auc)}{scores.Seconds / foldCount:F2} s a fold"));
            }
        }

        Report.Write(json, figures);
        Console.WriteLine("The default options beside each, over the tables");
        foreach (var name in contestants.Skip(1).Select(contestant => contestant.Name))
        {
            Summarize(name, [.. figures.Values.Select(ofTable => (ofTable[contestants[0].Name], ofTable[name]))]);
        }
    }

    private static void Summarize(string name, (TableScores Ours, TableScores Theirs)[] tables)
    {
        var gains = new Scores([.. tables.Select(table => table.Ours.Accuracy.Mean - table.Theirs.Accuracy.Mean)]);
        var level = tables.Count(table => table.Ours.Accuracy.IsAsGoodAs(table.Theirs.Accuracy));
        var lossRatio = tables.Sum(table => table.Ours.LogLoss.Mean) / tables.Sum(table => table.Theirs.LogLoss.Mean);
        var lowerLoss = tables.Count(table => table.Ours.LogLoss.Mean < table.Theirs.LogLoss.Mean);
        double[] areas =
            [.. tables.Where(table => table.Ours.Auc is not null).Select(table => table.Ours.Auc!.Mean - table.Theirs.Auc!.Mean)];
        var seconds = tables.Sum(table => table.Ours.Seconds) / tables.Sum(table => table.Theirs.Seconds);
        Console.WriteLine(
            Text($"  {name,-24} accuracy {gains.ToPoints()} points, without best and worst {Trimmed(gains.Values):+0.00;-0.00}"));
        Console.WriteLine(
            Text($"  {"",-24} better or level on {level} of {tables.Length}; log-loss {lossRatio:F3} times, lower on {lowerLoss}; ")
            + Text($"AUC {(areas.Length > 0 ? areas.Average() : 0):+0.0000;-0.0000}; {seconds:F2} times the training"));
    }

    private static string Describe(Scores? auc) => auc is null ? "" : Text($"AUC {auc.Mean:F4}   ");

    private static double Trimmed(IReadOnlyList<double> gains) =>
        100 * gains.Order().Skip(gains.Count > 2 ? 1 : 0).SkipLast(gains.Count > 2 ? 1 : 0).Average();

    private static bool Contains(string name, string[] texts) =>
        texts.Any(text => name.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static Contestant Variant(string name, MlpTrainer.Options options) =>
        new(name, mlContext => mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
