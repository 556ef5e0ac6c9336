using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MnistML.Network;
using MnistML.Trainers;
using MnistML.Training;

namespace MnistML;

/// <summary>
/// Trains a multi-layer perceptron, a network of fully connected layers, for multiclass classification.
/// </summary>
/// <remarks>
/// <para>
/// The network minimises the cross-entropy of the softmax of its outputs (logits) by mini-batches that are shuffled anew every epoch. It trains
/// with TorchSharp, so the application references a package with libtorch, such as TorchSharp-cpu; what comes out scores with ONNX Runtime
/// and needs neither.
/// </para>
/// <list type="table">
/// <listheader><term>Trainer characteristics</term><description></description></listheader>
/// <item><term>Machine learning task</term><description>Multiclass classification</description></item>
/// <item><term>Is normalization required?</term><description>Yes</description></item>
/// <item><term>Is caching required?</term><description>No: the rows are read once</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MnistML, and TorchSharp-cpu for training</description></item>
/// <item><term>Exportable to ONNX</term><description>The saved model holds the network as ONNX</description></item>
/// </list>
/// <para>
/// Input columns: the label, <c>Key&lt;UInt32&gt;</c>, and the features, a vector of Single of known length. Output columns: see
/// <see cref="MlpTransformer"/>. Rows whose label is missing are skipped.
/// </para>
/// </remarks>
public sealed partial class MlpTrainer : ITrainerEstimator<MlpTransformer, MlpModelParameters>
{
    private readonly MLContext _mlContext;
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    /// <summary>A trainer with the default options, <see cref="MlpRecipes.Fast"/>.</summary>
    /// <param name="mlContext">The context, whose seed is used, and whose log is written to.</param>
    /// <param name="labelColumnName">The column of labels, a key.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single.</param>
    public MlpTrainer(MLContext mlContext, string labelColumnName = "Label", string featureColumnName = "Features")
        : this(mlContext, MlpRecipes.Fast with { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName })
    {
    }

    /// <summary>A trainer with options.</summary>
    /// <param name="mlContext">The context, whose seed is used unless the options have one, and whose log is written to.</param>
    /// <param name="options">What to train, and how.</param>
    /// <exception cref="ArgumentException">Options are not valid; the message names all that are not.</exception>
    public MlpTrainer(MLContext mlContext, Options options)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        ArgumentNullException.ThrowIfNull(options);
        OptionsValidator.ThrowIfInvalid(options, nameof(options));

        _mlContext = mlContext;
        _host = ((IHostEnvironment)mlContext).Register(nameof(MlpTrainer));
        _options = options;
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>What ML.NET's tools are told of the trainer: normalised features help, and a cache does not.</summary>
    public TrainerInfo Info => StockTrainer.Info;

    /// <summary>ML.NET's own trainer of the same inputs and outputs. <see cref="TrainerInfo"/> and schema shapes can only be had from one.</summary>
    private LbfgsMaximumEntropyMulticlassTrainer StockTrainer =>
        _mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(_options.LabelColumnName, _options.FeatureColumnName);

    /// <summary>The shape of what a fitted model gives: the input's columns, <c>PredictedLabel</c> and <c>Score</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The label or feature column is missing, or not of its type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return StockTrainer.GetOutputSchema(inputSchema);
    }

    /// <summary>Trains a network.</summary>
    /// <param name="input">The training data; its rows are read once.</param>
    /// <exception cref="ArgumentOutOfRangeException">The label or feature column is missing, or not of its type.</exception>
    /// <exception cref="DllNotFoundException">libtorch can't be loaded; the message says why, and what to add.</exception>
    /// <exception cref="FormatException">A feature is not a finite number.</exception>
    /// <exception cref="InvalidOperationException">There are no rows with labels, or the training diverged.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public MlpTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);

        using var channel = _host.Start("Training");
        var columns = InputColumns.Bind(input.Schema, _options, _host);
        LibTorch.EnsureLoaded();
        using var trainingSet = new TrainingSetReader(columns, channel).Read(input, _options.CancellationToken);
        var result = new TrainingLoop(trainingSet, _options, _seed).Run();
        return new MlpTransformer(_host, result.Model, result.History, columns.Features, columns.Label);
    }
}
