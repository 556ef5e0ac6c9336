using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using static System.FormattableString;

namespace MnistML.Scoring;

/// <summary>
/// ML.NET's own multiclass scorer. It adds the columns <c>PredictedLabel</c> and <c>Score</c> with their types and all their annotations,
/// in a form that any ML.NET application can load. ML.NET closes the constructors of its transformers to other assemblies
/// (dotnet/machinelearning #4911), so a scorer is fitted.
/// </summary>
/// <param name="Transformer">
/// The scorer; over z, the vector of <c>(log softmax(logits) - Offsets) / Scale</c>, its scores are softmax(logits).
/// </param>
/// <param name="Offsets">The biases of its linear model.</param>
/// <param name="Scale">The factor of its linear model for differences of z.</param>
internal sealed record StockScorer(
    MulticlassPredictionTransformer<MaximumEntropyModelParameters> Transformer, IReadOnlyList<float> Offsets, float Scale)
{
    /// <summary>Strong enough that one step over the one-hot rows leaves no weight off the diagonal.</summary>
    private const float L1Regularization = 0.5f;

    /// <summary>The vector column that the scorer reads.</summary>
    public string InputColumnName => Transformer.FeatureColumnName;

    /// <summary>
    /// Fits the scorer. One step of L-BFGS over one-hot rows gives weights that are a multiple a of the identity (for two classes
    /// [[a, -a], [-a, a]]); the network's output undoes this factor and the biases. ML.NET does not document this behaviour of its trainer,
    /// so it is verified each time.
    /// </summary>
    /// <param name="inputColumnName">The vector column that the scorer reads.</param>
    /// <param name="label">The label column, of a key type.</param>
    /// <exception cref="NotSupportedException">ML.NET's trainer returned other weights.</exception>
    public static StockScorer Fit(string inputColumnName, DataViewSchema.Column label)
    {
        var oneHot = new OneHotDataView(inputColumnName, label);
        var classCount = (int)oneHot.GetRowCount()!.Value;
        var transformer = new MLContext(seed: 0).MulticlassClassification.Trainers
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
            .Fit(oneHot);

        return Of(transformer);
    }

    /// <summary>Reads from a fitted scorer what the network's output has to undo.</summary>
    /// <exception cref="NotSupportedException">Its weights are not a multiple of the identity.</exception>
    public static StockScorer Of(MulticlassPredictionTransformer<MaximumEntropyModelParameters> transformer)
    {
        VBuffer<float>[] weights = [];
        transformer.Model.GetWeights(ref weights, out _);
        var biases = transformer.Model.GetBiases().ToArray();
        return new StockScorer(transformer, biases, ScaleOf([.. weights.Select(row => row.DenseValues().ToArray())], biases));
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
            var list = string.Join(", ", biases.Select(bias => Invariant($"{bias}")));
            throw Unsupported(Invariant($"weight [0, 0] is {diagonal}, and the biases are {list}"));
        }

        return diagonal - elsewhere;
    }

    private static NotSupportedException Unsupported(string found) =>
        new($"This version of Microsoft.ML ({typeof(MLContext).Assembly.GetName().Version}) can't carry the network's scores: its "
            + $"LbfgsMaximumEntropy trainer should give a positive multiple of the identity on one-hot rows, but {found}. "
            + "Reference Microsoft.ML 5.0.1, with which MnistML is tested.");
}
