using Microsoft.ML;
using Microsoft.ML.Trainers;
using MnistML.Trainers;

namespace MnistML;

/// <summary>
/// Trains a multi-layer perceptron, a network of fully connected layers, for binary classification with Boolean labels.
/// </summary>
/// <remarks>
/// <para>
/// The network has one output, the logit of true, and minimises the cross-entropy of its logistic sigmoid by mini-batches that are
/// shuffled anew every epoch. It trains with TorchSharp, so the application references a package with libtorch, such as TorchSharp-cpu. The
/// trained model scores with ONNX Runtime and needs neither.
/// </para>
/// <list type="table">
/// <listheader><term>Trainer characteristics</term><description></description></listheader>
/// <item><term>Machine learning task</term><description>Binary classification</description></item>
/// <item><term>Is normalization required?</term><description>No: <see cref="MlpTrainingOptions.FeatureScaling"/> does
/// it</description></item>
/// <item><term>Is caching required?</term><description>No: the rows are read once and kept, or read for each epoch where they exceed
/// <see cref="MlpTrainingOptions.MaxCacheBytes"/></description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MnistML, and TorchSharp-cpu for training</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes, by <see cref="MlpTransformer.SaveAsOnnx(string)"/></description></item>
/// </list>
/// <para>
/// Input columns: the label, a Boolean, and the features, a vector of Single of known length, dense or sparse; and, if it is named, the
/// weight of each row, a Single. Output columns: <c>PredictedLabel</c>, a Boolean; <c>Score</c>, a Single, the logit;
/// <c>Probability</c>, a Single, its logistic sigmoid.
/// </para>
/// </remarks>
public sealed partial class MlpBinaryTrainer : ITrainerEstimator<MlpTransformer, MlpModelParameters>
{
    private readonly MLContext _mlContext;
    private readonly Options _options;
    private readonly NetworkTrainer _trainer;

    /// <summary>A trainer with the default options.</summary>
    /// <param name="mlContext">The context, whose seed is used, and whose log is written to.</param>
    /// <param name="labelColumnName">The column of labels, a Boolean.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single.</param>
    /// <param name="exampleWeightColumnName">The column of weights, a Single; null to weigh all rows alike.</param>
    public MlpBinaryTrainer(
        MLContext mlContext,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null)
        : this(mlContext, new Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
        })
    {
    }

    /// <summary>A trainer with options.</summary>
    /// <param name="mlContext">The context, whose seed is used unless the options have one, and whose log is written to.</param>
    /// <param name="options">The network, its training and its columns.</param>
    /// <exception cref="ArgumentException">Options are not valid; the message names all that are not.</exception>
    public MlpBinaryTrainer(MLContext mlContext, Options options)
    {
        _trainer = new NetworkTrainer(mlContext, options, nameof(MlpBinaryTrainer));
        (_mlContext, _options) = (mlContext, options);
    }

    /// <summary>
    /// What the trainer tells ML.NET's tools: whether features should be normalised before it. They need not be where it scales them
    /// itself.
    /// </summary>
    public TrainerInfo Info => _trainer.InfoBeside(StockTrainer.Info);

    /// <summary>ML.NET's own trainer of the same inputs and outputs: schema shapes can only be had from one.</summary>
    private LbfgsLogisticRegressionBinaryTrainer StockTrainer => _mlContext.BinaryClassification.Trainers.LbfgsLogisticRegression(
        _options.LabelColumnName, _options.FeatureColumnName, _options.ExampleWeightColumnName);

    /// <summary>
    /// The schema of a fitted model's output: the input's columns, <c>PredictedLabel</c>, <c>Score</c> and <c>Probability</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The label or feature column is missing, or not of its type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return StockTrainer.GetOutputSchema(inputSchema);
    }

    /// <summary>Trains a network.</summary>
    /// <param name="input">The training data.</param>
    /// <inheritdoc cref="Fit(IDataView, IDataView?, MlpModelParameters?)" path="/exception"/>
    public MlpTransformer Fit(IDataView input) => Fit(input, validationData: null);

    /// <summary>Trains a network, with validation data or starting from a model.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">
    /// Data of the same schema that is not trained on: after each epoch the network's loss and accuracy on all its rows are computed. Null
    /// for none, or for <see cref="MlpTrainingOptions.ValidationFraction"/> of the training rows.
    /// </param>
    /// <param name="initialModel">
    /// The model to start from, with the features, hidden layers, activation and task of this training, in the same order of features;
    /// null to draw the weights.
    /// </param>
    /// <inheritdoc cref="MlpTrainer.Fit(IDataView, IDataView?, MlpModelParameters?)" path="/exception"/>
    public MlpTransformer Fit(IDataView trainData, IDataView? validationData, MlpModelParameters? initialModel = null) =>
        _trainer.Fit(trainData, validationData, initialModel);

    /// <summary>Trains a model further, on data whose features may be others, or in another order.</summary>
    /// <remarks>
    /// Features are found by the <c>SlotNames</c> of the feature column where both sides have them: weights of new features begin at 0, and
    /// those that are gone are dropped. The log says what was done.
    /// </remarks>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Validation data of the same schema; null for none.</param>
    /// <param name="initial">The model to start from, of this task, with the hidden layers and the activation of this training.</param>
    /// <inheritdoc cref="MlpTrainer.Fit(IDataView, IDataView?, MlpModelParameters?)" path="/exception"/>
    public MlpTransformer Fit(IDataView trainData, IDataView? validationData, MlpTransformer initial) =>
        _trainer.Fit(trainData, validationData, initial);
}
