using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Native;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// What the ensemble that tables get costs when it scores, beside the single network of 512 and 256 units: one prediction in an engine, and
/// a row of a view. Both sides take turns.
/// </summary>
internal static class TabularScoringCommand
{
    private const double MaxMicroseconds = 40;
    private const double MaxTimes = 4;
    private const int Predictions = 5_000;
    private const int ViewRows = 20_000;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each side, in turn", DefaultValueFactory = _ => 7 };
        var features = new Option<int>("--features") { Description = "Features of a row", DefaultValueFactory = _ => 30 };
        var check = new Option<bool>("--check") { Description = "Fail where a bound is missed" };
        var command = new Command("tabular-scoring", "Compare predictions of the ensemble for tables with a single network's")
        {
            rounds, features, check,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(features), parsed.GetValue(check)));
        return command;
    }

    private static int Run(int rounds, int features, bool check)
    {
        LibTorch.EnsureLoaded();
        var mlContext = new MLContext(seed: 1);
        var table = ScikitTables.Classification(1_000, features: features, informative: 5, seed: 1);
        var train = table.ToView(mlContext, Enumerable.Range(0, table.RowCount));
        using var ensemble = Train(MlpRecipes.Fast with { MaxEpochs = 1 });
        using var single = Train(MlpRecipes.Images with { MaxEpochs = 1 });
        Console.WriteLine($"{ensemble.Model.Architecture} beside {single.Model.Architecture}");
        var view = mlContext.Data.Cache(table.ToView(mlContext, Enumerable.Range(0, ViewRows).Select(row => row % table.RowCount)));
        List<double>[] times = [[], [], [], []];
        for (var round = -1; round < rounds; round++)
        {
            double[] measured = [Predict(ensemble), Predict(single), Score(ensemble), Score(single)];
            for (var i = 0; round >= 0 && i < measured.Length; i++)
            {
                times[i].Add(measured[i]);
            }
        }

        double[] medians = [.. times.Select(Statistics.Median)];
        var verdict = new Verdict(check);
        verdict.ExpectSpeed(
            medians[0] <= MaxMicroseconds && medians[0] <= MaxTimes * medians[1],
            Text($"a prediction of {features} features, at most {MaxMicroseconds} µs and {MaxTimes} times the single network's: ")
                + Text($"{medians[0]:F2} and {medians[1]:F2} µs, {medians[0] / medians[1]:F2} times"));
        verdict.ExpectSpeed(
            medians[2] <= MaxTimes * medians[3],
            Text($"a row of a view, at most {MaxTimes} times: {medians[2]:F2} and {medians[3]:F2} µs, ")
                + Text($"{medians[2] / medians[3]:F2} times"));
        return verdict.ExitCode;

        MlpTransformer Train(MlpTrainer.Options options) =>
            mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options).Fit(train);

        double Predict(MlpTransformer model)
        {
            var schema = SchemaDefinition.Create(typeof(Input));
            schema[nameof(Input.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
            using var engine = mlContext.Model.CreatePredictionEngine<Input, Output>(
                model, new PredictionEngineOptions { InputSchemaDefinition = schema, OwnsTransformer = false });
            var (input, output) = (new Input { Features = table.Features[0] }, new Output());
            engine.Predict(input, ref output);
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Predictions; i++)
            {
                engine.Predict(input, ref output);
            }

            return watch.Elapsed.TotalMicroseconds / Predictions;
        }

        double Score(MlpTransformer model)
        {
            var watch = Stopwatch.StartNew();
            foreach (var score in model.Transform(view).GetColumn<VBuffer<float>>("Score"))
            {
                _ = score.Length;
            }

            return watch.Elapsed.TotalMicroseconds / ViewRows;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Input
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class Output
    {
        public float[] Score { get; set; } = [];
    }
}
