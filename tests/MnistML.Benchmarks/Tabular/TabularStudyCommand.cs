using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// Compares choices of the default options on drawn tables, by cross-validation. Its tables are other draws than those of
/// <see cref="TabularCommand"/>, so that these stay unseen.
/// </summary>
internal static class TabularStudyCommand
{
    private const int FirstSeed = 101;
    private const int FoldCount = 5;

    private static readonly Contestant[] Variants =
    [
        Contestant.Mlp,
        Variant("30 epochs, no dropout", new() { MaxEpochs = 30 }),
        Variant("30 epochs, dropout 0.5", new() { DropoutRate = 0.5 }),
        Variant("20 epochs, dropout 0.3", new() { DropoutRate = 0.3, MaxEpochs = 20 }),
        Variant("200 epochs, dropout 0.3", new() { DropoutRate = 0.3, MaxEpochs = 200 }),
        Variant("noise 0.2", new() { InputNoise = 0.2 }),
        Variant("noise 0.5", new() { InputNoise = 0.5 }),
        Variant("label smoothing 0.1", new() { LabelSmoothing = 0.1 }),
        Variant("weight decay 0.1", new() { Optimizer = MlpOptimizer.AdamW(0.003, weightDecay: 0.1) }),
        Variant("weight decay 1", new() { Optimizer = MlpOptimizer.AdamW(0.003, weightDecay: 1) }),
        Variant("learning rate 0.001", new() { Optimizer = MlpOptimizer.AdamW(0.001) }),
        Variant("early stopping", new() { ValidationFraction = 0.1, EarlyStopping = new MlpEarlyStopping(patience: 5) }),
        Variant("batches of 64", new() { BatchSize = 64 }),
        Variant("no batch normalisation", new() { BatchNormalization = false }),
        Variant("GELU", new() { Activation = MlpActivation.Gelu }),
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
    ];

    public static Command Create()
    {
        var draws = new Option<int>("--draws") { Description = "Draws of each table", DefaultValueFactory = _ => 3 };
        var only = new Option<string[]>("--only")
        {
            Description = "Only variants whose names contain one of these texts",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [""],
        };
        var tables = new Option<int>("--tables") { Description = "Take so many kinds of tables", DefaultValueFactory = _ => Draws.Length };
        var command = new Command("tabular-study", "Compare choices of the default options on drawn tables") { draws, only, tables };
        command.SetAction(parsed => Run(parsed.GetValue(draws), parsed.GetValue(only)!, parsed.GetValue(tables)));
        return command;
    }

    private static void Run(int draws, string[] only, int tables)
    {
        LibTorch.EnsureLoaded();
        Contestant[] others = [.. Variants.Skip(1).Where(IsAskedFor)];
        var gains = others.ToDictionary(variant => variant.Name, _ => new List<double>());
        foreach (var draw in Draws.Take(tables))
        {
            Table[] drawn = [.. Enumerable.Range(FirstSeed, draws).Select(draw)];
            var asTheyAre = Score(Contestant.Mlp, drawn);
            Console.WriteLine(drawn[0].Name);
            Console.WriteLine(Text($"  {"as they are",-26} {asTheyAre.Mean:P2} ± {100 * asTheyAre.StandardError:F2}"));
            foreach (var variant in others)
            {
                var scores = Score(variant, drawn);
                var gain = scores.Minus(asTheyAre);
                gains[variant.Name].Add(gain.Mean);
                Console.WriteLine(Text($"  {variant.Name,-26} {scores.Mean:P2} ± {100 * scores.StandardError:F2}   {gain.ToPoints()}"));
            }
        }

        Console.WriteLine("What each brings, as the mean over the tables");
        foreach (var (name, ofTables) in gains)
        {
            var points = new Scores(ofTables).ToPoints();
            var (better, worse) = (ofTables.Count(gain => gain > 0), ofTables.Count(gain => gain < 0));
            Console.WriteLine(Text($"  {name,-26} {points}   better on {better}, worse on {worse}"));
        }

        bool IsAskedFor(Contestant variant) => only.Any(text => variant.Name.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The accuracies of all folds of all draws.</summary>
    private static Scores Score(Contestant contestant, Table[] drawn) => new(
    [
        .. drawn.Index()
            .SelectMany(draw => contestant.CrossValidate(
                draw.Item, new Folds(draw.Item, FoldCount, FirstSeed + draw.Index), FirstSeed + draw.Index))
            .Select(metrics => metrics.MicroAccuracy),
    ]);

    private static Contestant Variant(string name, MlpTrainer.Options options) =>
        new(name, mlContext => mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
