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

    private static IEstimator<ITransformer> Scaled(MLContext mlContext) =>
        mlContext.Transforms.NormalizeMeanVariance("Features", fixZero: false);

    private static IEstimator<ITransformer> Then(IEstimator<ITransformer> first, Contestant contestant, MLContext mlContext) =>
        first.Append(contestant.Create(mlContext));
}
