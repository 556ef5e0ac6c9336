using Microsoft.ML;
using MnistML.Benchmarks.Tabular;

namespace MnistML.Benchmarks.Tasks;

/// <summary>A regression trainer with its default options that takes part in a cross-validation.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Create">Makes it, in a context whose seed is the fold's.</param>
internal sealed record Regressor(string Name, Func<MLContext, IEstimator<ITransformer>> Create)
{
    public static Regressor Mlp { get; } = new("Mlp", mlContext => mlContext.Regression.Trainers.Mlp(mlContext));

    /// <summary>Linear, on standardised features, which it needs.</summary>
    public static Regressor Sdca { get; } = new("Sdca", mlContext =>
        mlContext.Transforms.NormalizeMeanVariance("Features", fixZero: false).Append(mlContext.Regression.Trainers.Sdca()));

    /// <summary>Trees, to which scale does not matter.</summary>
    public static IReadOnlyList<Regressor> Trees { get; } =
    [
        new("LightGbm", mlContext => mlContext.Regression.Trainers.LightGbm()),
        new("FastTree", mlContext => mlContext.Regression.Trainers.FastTree()),
    ];

    /// <summary>Trains on all folds but one and gives the root mean squared error on that, for each in turn.</summary>
    public Scores CrossValidate(NumberTable table, Folds folds, int seed) =>
        new([.. Enumerable.Range(0, folds.Count).Select(fold => Test(table, folds, fold, seed))]);

    private double Test(NumberTable table, Folds folds, int fold, int seed)
    {
        var mlContext = new MLContext(seed + fold);
        var model = Create(mlContext).Fit(table.ToView(mlContext, folds.RowsToTrain(fold)));
        using var owned = model as IDisposable;
        var scored = model.Transform(table.ToView(mlContext, folds.RowsToTest(fold)));
        return mlContext.Regression.Evaluate(scored).RootMeanSquaredError;
    }
}
