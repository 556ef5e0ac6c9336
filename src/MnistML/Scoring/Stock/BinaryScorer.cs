using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MnistML.Onnx;
using static System.FormattableString;
using Transformer = Microsoft.ML.Data.BinaryPredictionTransformer<Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>>;

namespace MnistML.Scoring.Stock;

/// <summary>
/// The scorer of binary classification, from <c>LbfgsLogisticRegression</c>: one step over x = 1, which is true, and x = -1, which is
/// false, gives a weight of 1, a bias of 0, and a calibrator that is the logistic sigmoid.
/// </summary>
internal static class BinaryScorer
{
    public static StockScorer Fit(string inputColumnName, DataViewSchema.Column label)
    {
        var rows = new ScorerRows<bool>(
            inputColumnName, vectorSize: 1, label, rowCount: 2, row => new VBuffer<float>(1, [row == 0 ? 1 : -1]), row => row == 0);
        return Read(new MLContext(seed: 0).BinaryClassification.Trainers
            .LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = label.Name,
                FeatureColumnName = inputColumnName,
                L1Regularization = 0,
                L2Regularization = 0,
                HistorySize = 1,
                MaximumNumberOfIterations = 1,
                NumberOfThreads = 1,
            })
            .Fit(rows));
    }

    public static StockScorer? TryRead(ITransformer stage) => stage is Transformer scorer ? Read(scorer) : null;

    /// <summary>The same scorer with another threshold.</summary>
    /// <param name="scorer">A scorer of binary classification.</param>
    /// <param name="threshold">The score above which a row is predicted to be true.</param>
    public static ITransformer WithThreshold(ITransformer scorer, float threshold) =>
        new MLContext().BinaryClassification.ChangeModelThreshold((Transformer)scorer, threshold);

    /// <summary>Whether a scorer has a threshold, which ML.NET does not tell: a score is above it, or just not.</summary>
    public static bool HasThreshold(ITransformer scorer, float threshold)
    {
        float[] scores = [threshold, MathF.BitIncrement(threshold)];
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", BooleanDataViewType.Instance);
        var rows = new ScorerRows<bool>(
            ((Transformer)scorer).FeatureColumnName,
            vectorSize: 1,
            builder.ToSchema()[0],
            scores.Length,
            row => new VBuffer<float>(1, [scores[row]]),
            _ => false);
        return scorer.Transform(rows).GetColumn<bool>("PredictedLabel").SequenceEqual(scores.Select(score => score > threshold));
    }

    private static StockScorer Read(Transformer scorer)
    {
        var (linear, calibrator) = (scorer.Model.SubModel, scorer.Model.Calibrator);
        return linear.Weights is [1] && linear.Bias == 0 && calibrator is { Slope: -1, Offset: 0 }
            ? new StockScorer(MlpTask.Binary, scorer, new OnnxOutput(scorer.FeatureColumnName))
            : throw StockScorer.Unsupported(
                "LbfgsLogisticRegression",
                "a weight of 1, a bias of 0 and the calibrator sigmoid(x) on x = 1 and x = -1",
                Invariant($"the weights are {StockScorer.List(linear.Weights)}, the bias {linear.Bias}, ")
                + Invariant($"the calibrator's slope {calibrator.Slope} and its offset {calibrator.Offset}"));
    }
}
