using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MnistML.Onnx;
using static System.FormattableString;

namespace MnistML.Scoring.Stock;

/// <summary>
/// The scorer of multiclass classification, from <c>LbfgsMaximumEntropy</c>. One step of L-BFGS over a one-hot row for each class gives
/// weights that are a multiple a of the identity (for two classes [[a, -a], [-a, a]]). Over z, the vector of <c>(log softmax(logits) -
/// offsets) / scale</c>, its scores are softmax(logits): the network's output undoes the factor and the biases.
/// </summary>
internal static class MulticlassScorer
{
    /// <summary>For more classes the weights, a number for each pair of them, are sparse.</summary>
    public const int MaxDenseClasses = 1_000;

    /// <summary>Strong enough that one step over the one-hot rows leaves no weight off the diagonal.</summary>
    private const float L1Regularization = 0.5f;

    public static StockScorer Fit(string inputColumnName, DataViewSchema.Column label)
    {
        var classCount = ClassCountOf(label);
        if (classCount > MaxDenseClasses)
        {
            return SparseMulticlassScorer.Fit(inputColumnName, label);
        }

        return Read(new MLContext(seed: 0).MulticlassClassification.Trainers
            .LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = label.Name,
                FeatureColumnName = inputColumnName,
                L1Regularization = classCount > 2 ? L1Regularization : 0,
                L2Regularization = 0,
                HistorySize = 1,
                MaximumNumberOfIterations = 1,
                NumberOfThreads = 1,
            })
            .Fit(OneHotRows(inputColumnName, label)));
    }

    public static StockScorer? TryRead(ITransformer stage) =>
        stage is MulticlassPredictionTransformer<MaximumEntropyModelParameters> scorer
            ? Read(scorer)
            : SparseMulticlassScorer.TryRead(stage);

    /// <summary>One row for each class, in class order.</summary>
    internal static ScorerRows<uint> OneHotRows(string inputColumnName, DataViewSchema.Column label)
    {
        var classCount = ClassCountOf(label);
        return new ScorerRows<uint>(
            inputColumnName,
            classCount,
            label,
            classCount,
            row => new VBuffer<float>(classCount, 1, [1], [row]),
            row => (uint)row + 1); // Keys count from 1; 0 is a missing value.
    }

    public static int ClassCountOf(DataViewSchema.Column label) => checked((int)((KeyDataViewType)label.Type).Count);

    private static StockScorer Read(MulticlassPredictionTransformer<MaximumEntropyModelParameters> scorer)
    {
        VBuffer<float>[] weights = [];
        scorer.Model.GetWeights(ref weights, out _);
        var biases = scorer.Model.GetBiases().ToArray();
        var input = SparseMulticlassScorer.TryReadInput(scorer.FeatureColumnName, weights, biases) ?? new OnnxOutput(
            scorer.FeatureColumnName, biases, ScaleOf([.. weights.Select(row => row.GetValues().ToArray())], biases));
        return new StockScorer(MlpTask.Multiclass, scorer, input);
    }

    /// <summary>The factor between differences of inputs and differences of scores, if all weights agree on one.</summary>
    internal static float ScaleOf(float[][] weights, float[] biases)
    {
        if (weights.Length == 1)
        {
            return 1; // A single class has probability 1 for any score.
        }

        var diagonal = weights[0][0];
        var elsewhere = weights.Length == 2 ? -diagonal : 0;
        for (var row = 0; row < weights.Length; row++)
        {
            for (var column = 0; column < weights.Length; column++)
            {
                if (weights[row][column] != (row == column ? diagonal : elsewhere))
                {
                    throw Unsupported(Invariant($"weight [{row}, {column}] is {weights[row][column]}, and weight [0, 0] {diagonal}"));
                }
            }
        }

        if (!(diagonal > 0 && float.IsFinite(diagonal)) || !biases.All(float.IsFinite))
        {
            throw Unsupported(Invariant($"weight [0, 0] is {diagonal}, and the biases are {StockScorer.List(biases)}"));
        }

        return diagonal - elsewhere;
    }

    public static NotSupportedException Unsupported(string found) =>
        StockScorer.Unsupported("LbfgsMaximumEntropy", "a positive multiple of the identity on one-hot rows", found);
}
