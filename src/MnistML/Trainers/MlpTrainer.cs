using Microsoft.ML;
using Microsoft.ML.Trainers;
using MnistML.Trainers;

namespace MnistML;

/// <summary>
/// Trains a multi-layer perceptron, a network of fully connected layers, for multiclass classification.
/// </summary>
/// <remarks>
/// <para>
/// The network minimises the cross-entropy of the softmax of its outputs (logits) by mini-batches that are shuffled anew every epoch. It
/// trains with TorchSharp, so the application references a package with libtorch, such as TorchSharp-cpu. The trained model scores with
/// ONNX Runtime and needs neither.
/// </para>
/// <list type="table">
/// <listheader><term>Trainer characteristics</term><description></description></listheader>
/// <item><term>Machine learning task</term><description>Multiclass classification</description></item>
/// <item><term>Is normalization required?</term><description>No: <see cref="MlpTrainingOptions.FeatureScaling"/> does
/// it</description></item>
/// <item><term>Is caching required?</term><description>No: the rows are read once and kept, or read for each epoch where they exceed
/// <see cref="MlpTrainingOptions.MaxCacheBytes"/></description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MnistML, and TorchSharp-cpu for training</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes, by <see cref="MlpTransformer.SaveAsOnnx(string)"/></description></item>
/// </list>
/// <para>
/// Input columns: the label, <c>Key&lt;UInt32&gt;</c>, and the features, a vector of Single of known length, dense or sparse; and, if it is
/// named, the weight of each row, a Single. Output columns: see <see cref="MlpTransformer"/>. Rows whose label is missing are skipped, and
/// their number is written to the log.
/// </para>
/// </remarks>
public sealed partial class MlpTrainer : ITrainerEstimator<MlpTransformer, MlpModelParameters>
{
    private readonly MLContext _mlContext;
    private readonly Options _options;
    private readonly NetworkTrainer _trainer;

    /// <summary>A trainer with the default options, <see cref="MlpRecipes.Fast"/>.</summary>
    /// <param name="mlContext">The context, whose seed is used, and whose log is written to.</param>
    /// <param name="labelColumnName">The column of labels, a key.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single.</param>
    /// <param name="exampleWeightColumnName">The column of weights, a Single; null to weigh all rows alike.</param>
    public MlpTrainer(
        MLContext mlContext,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null)
        : this(mlContext, MlpRecipes.Fast with
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
    public MlpTrainer(MLContext mlContext, Options options)
    {
        _trainer = new NetworkTrainer(mlContext, options, nameof(MlpTrainer));
        (_mlContext, _options) = (mlContext, options);
    }

    /// <summary>
    /// What the trainer tells ML.NET's tools: whether features should be normalised before it. They need not be where it scales them
    /// itself.
    /// </summary>
    public TrainerInfo Info => _trainer.InfoBeside(StockTrainer.Info);

    /// <summary>ML.NET's own trainer of the same inputs and outputs: schema shapes can only be had from one.</summary>
    private LbfgsMaximumEntropyMulticlassTrainer StockTrainer => _mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
        _options.LabelColumnName, _options.FeatureColumnName, _options.ExampleWeightColumnName);

    /// <summary>The schema of a fitted model's output: the input's columns, <c>PredictedLabel</c> and <c>Score</c>.</summary>
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
    /// The model to start from, with the features, hidden layers, activation, task and classes of this training; null to draw the weights.
    /// It has no names: features and classes must be in the same order as they were. A transformer has names; pass it instead.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of its type.</exception>
    /// <exception cref="ArgumentException">
    /// The schema of the validation data differs; the initial model has another architecture; there are both validation data and a
    /// validation fraction, or neither for early stopping; the device does not exist; the number of class weights is not the number of
    /// classes; the features are not images of the augmentation's size.
    /// </exception>
    /// <exception cref="DllNotFoundException">libtorch can't be loaded; the message says why, and what to add.</exception>
    /// <exception cref="FormatException">
    /// A feature is not a finite number, a label is infinite, a row has another number of features than the column's type, or a weight is
    /// not finite and at least 0.
    /// </exception>
    /// <exception cref="InvalidDataException">The file at the checkpoint's path is not a complete checkpoint.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are no rows with labels; the checkpoint belongs to a different training; features or labels are of a size that makes weights
    /// which no float holds.
    /// </exception>
    /// <exception cref="MlpDivergenceException">The training diverged; the message says what to try.</exception>
    /// <exception cref="IOException">The checkpoint can't be read or written.</exception>
    /// <exception cref="OperationCanceledException">The options' token or the context was cancelled.</exception>
    public MlpTransformer Fit(IDataView trainData, IDataView? validationData, MlpModelParameters? initialModel = null) =>
        _trainer.Fit(trainData, validationData, initialModel);

    /// <summary>Trains a model further, on data whose classes and features may be others, or in another order.</summary>
    /// <remarks>
    /// Classes are found by the <c>KeyValues</c> of the label column, since <c>MapValueToKey</c> numbers them as they occur. Where one side
    /// has no names, or not each its own, they are found by their numbers. Weights for new classes are drawn by
    /// <see cref="MlpTrainingOptions.Initializer"/>, with biases that are low enough that at first no row is taken for one. Classes that
    /// the data does not have are dropped, or kept by <see cref="Options.KeepMissingClasses"/>. Features are found by the <c>SlotNames</c>
    /// of the feature column where both sides have them: weights of new features begin at 0, and those that are gone are dropped. The log
    /// says what was done.
    /// </remarks>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Validation data of the same schema; null for none.</param>
    /// <param name="initial">The model to start from, of this task, with the hidden layers and the activation of this training.</param>
    /// <exception cref="ArgumentException">
    /// As for <see cref="Fit(IDataView, IDataView?, MlpModelParameters?)"/>; the classes that are to be kept are of another type than those
    /// of the label column.
    /// </exception>
    /// <inheritdoc cref="Fit(IDataView, IDataView?, MlpModelParameters?)" path="/exception"/>
    public MlpTransformer Fit(IDataView trainData, IDataView? validationData, MlpTransformer initial) =>
        _trainer.Fit(trainData, validationData, initial);
}
