using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MnistML.Onnx;
using static System.FormattableString;

namespace MnistML.Scoring.Stock;

/// <summary>
/// The scorer of regression, from <c>OnlineGradientDescent</c>: two steps over x = 1 and x = -1, whose labels are the same, give a weight
/// of 1 and a bias of 0.
/// </summary>
internal static class RegressionScorer
{
    /// <summary>Each of the two steps makes up half of what is missing.</summary>
    private const float LearningRate = 0.25f;

    public static StockScorer Fit(string inputColumnName, DataViewSchema.Column label)
    {
        var rows = new ScorerRows<float>(
            inputColumnName, vectorSize: 1, label, rowCount: 2, row => new VBuffer<float>(1, [ValueOf(row)]), ValueOf);
        return Read(new MLContext(seed: 0).Regression.Trainers
            .OnlineGradientDescent(new OnlineGradientDescentTrainer.Options
            {
                LabelColumnName = label.Name,
                FeatureColumnName = inputColumnName,
                LearningRate = LearningRate,
                DecreaseLearningRate = false,
                L2Regularization = 0,
                NumberOfIterations = 1,
                Averaged = false,
                LazyUpdate = false,
                Shuffle = false,
            })
            .Fit(rows));
    }

    public static StockScorer? TryRead(ITransformer stage) =>
        stage is RegressionPredictionTransformer<LinearRegressionModelParameters> scorer ? Read(scorer) : null;

    private static float ValueOf(int row) => row == 0 ? 1 : -1;

    private static StockScorer Read(RegressionPredictionTransformer<LinearRegressionModelParameters> scorer)
    {
        var linear = scorer.Model;
        return linear.Weights is [1] && linear.Bias == 0
            ? new StockScorer(MlpTask.Regression, scorer, new OnnxOutput(scorer.FeatureColumnName))
            : throw StockScorer.Unsupported(
                "OnlineGradientDescent",
                "a weight of 1 and a bias of 0 on x = 1 and x = -1",
                Invariant($"the weights are {StockScorer.List(linear.Weights)} and the bias is {linear.Bias}"));
    }
}
