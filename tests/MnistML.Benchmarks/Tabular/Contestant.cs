using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Benchmarks.Tabular;

/// <summary>A trainer with its default options that takes part in a cross-validation.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Create">Makes it, in a context whose seed is the fold's.</param>
internal sealed record Contestant(string Name, Func<MLContext, IEstimator<ITransformer>> Create)
{
    public static Contestant Mlp { get; } = new("Mlp", mlContext => mlContext.MulticlassClassification.Trainers.Mlp(mlContext));

    /// <summary>ML.NET's own trainers. Those to which scale matters take part twice: on raw and on standardised features.</summary>
    public static IReadOnlyList<Contestant> Rivals { get; } =
    [
        new("LightGbm", mlContext => mlContext.MulticlassClassification.Trainers.LightGbm()),
        new("Sdca", mlContext => mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy()),
        new("Sdca, scaled", mlContext => Scaled(mlContext).Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy())),
        new("Lbfgs", mlContext => mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy()),
        new("Lbfgs, scaled", mlContext => Scaled(mlContext).Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy())),
    ];

    /// <summary>What users can try where features have heavy tails.</summary>
    public static IReadOnlyList<Contestant> ForTails { get; } =
    [
        Mlp,
        new("NormalizeLogMeanVariance, Mlp", mlContext => Then(
            mlContext.Transforms.NormalizeLogMeanVariance("Features", useCdf: false), Mlp, mlContext)),
        new("NormalizeBinning, Mlp", mlContext => Then(
            mlContext.Transforms.NormalizeBinning("Features", fixZero: false), Mlp, mlContext)),
        new("NormalizeRobustScaling, Mlp", mlContext => Then(
            mlContext.Transforms.NormalizeRobustScaling("Features"), Mlp, mlContext)),
        Rivals[0],
    ];

    /// <summary>Trains on all folds but one and tests on that, for each in turn.</summary>
    public IReadOnlyList<MulticlassClassificationMetrics> CrossValidate(Table table, Folds folds, int seed) =>
        [.. Enumerable.Range(0, folds.Count).Select(fold => Test(table, folds, fold, seed))];

    /// <summary>Trains on all folds but one and tests on that.</summary>
    public MulticlassClassificationMetrics Test(Table table, Folds folds, int fold, int seed)
    {
        var mlContext = new MLContext(seed + fold);
        var model = Create(mlContext).Fit(table.ToView(mlContext, folds.RowsToTrain(fold)));
        using var owned = model as IDisposable;
        return mlContext.MulticlassClassification.Evaluate(model.Transform(table.ToView(mlContext, folds.RowsToTest(fold))));
    }

    /// <summary>Trains and tests on each fold in turn, with probabilities and time.</summary>
    public TableScores Measure(Table table, Folds folds, int seed)
    {
        var (accuracies, losses, areas, watch) = (new List<double>(), new List<double>(), new List<double>(), new Stopwatch());
        for (var fold = 0; fold < folds.Count; fold++)
        {
            var mlContext = new MLContext(seed + fold);
            var train = table.ToView(mlContext, folds.RowsToTrain(fold));
            watch.Start();
            var model = Create(mlContext).Fit(train);
            watch.Stop();
            using var owned = model as IDisposable;
            var scored = mlContext.Data.Cache(model.Transform(table.ToView(mlContext, folds.RowsToTest(fold))));
            var metrics = mlContext.MulticlassClassification.Evaluate(scored);
            accuracies.Add(metrics.MicroAccuracy);
            losses.Add(metrics.LogLoss);
            if (table.ClassCount == 2)
            {
                areas.Add(AreaUnderCurve(scored));
            }
        }

        return new TableScores(
            new Scores(accuracies), new Scores(losses), areas.Count > 0 ? new Scores(areas) : null, watch.Elapsed.TotalSeconds);
    }

    /// <summary>
    /// The area under the ROC curve: how often a row of the second class is scored above one of the first, ties counting half (Mann and
    /// Whitney).
    /// </summary>
    private static double AreaUnderCurve(IDataView scored)
    {
        var labels = scored.GetColumn<uint>("Label").ToArray();
        var scores = scored.GetColumn<VBuffer<float>>("Score").Select(score => score.GetItemOrDefault(1)).ToArray();
        var rankSum = 0.0;
        var below = 0;
        foreach (var tied in Enumerable.Range(0, scores.Length).GroupBy(row => scores[row]).OrderBy(group => group.Key))
        {
            var count = tied.Count();
            rankSum += tied.Count(row => labels[row] == 2) * (below + ((count + 1) / 2.0));
            below += count;
        }

        double positives = labels.Count(label => label == 2);
        return (rankSum - (positives * (positives + 1) / 2)) / (positives * (labels.Length - positives));
    }

    private static IEstimator<ITransformer> Scaled(MLContext mlContext) =>
        mlContext.Transforms.NormalizeMeanVariance("Features", fixZero: false);

    private static IEstimator<ITransformer> Then(IEstimator<ITransformer> first, Contestant contestant, MLContext mlContext) =>
        first.Append(contestant.Create(mlContext));
}
