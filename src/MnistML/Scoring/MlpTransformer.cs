using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Common;
using MnistML.Common.DataViews;
using MnistML.Model;
using MnistML.Onnx;
using MnistML.Scoring;
using MnistML.Scoring.Archive;
using MnistML.Scoring.Cursors;
using MnistML.Scoring.Stock;

namespace MnistML;

/// <summary>
/// A trained multi-layer perceptron in an ML.NET pipeline. It appends the columns of its task, with all annotations of ML.NET's own
/// trainers. It is thread-safe.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Task</term><description>Columns</description></listheader>
/// <item><term>Multiclass</term><description><c>PredictedLabel</c>, the most probable class as a key with the label's <c>KeyValues</c>;
/// <c>Score</c>, the probabilities of all classes, <c>Vector&lt;Single, classes&gt;</c>, with <c>SlotNames</c></description></item>
/// <item><term>Binary</term><description><c>PredictedLabel</c>, Boolean: whether the score is above the threshold; <c>Score</c>, Single,
/// the logit; <c>Probability</c>, Single, its logistic sigmoid</description></item>
/// <item><term>Regression</term><description><c>Score</c>, Single, the prediction in the label's unit</description></item>
/// </list>
/// Scoring needs ONNX Runtime but not TorchSharp. A saved pipeline loads with <c>mlContext.Model.Load</c> in any application that
/// references Microsoft.ML, Microsoft.ML.OnnxTransformer and Microsoft.ML.OnnxRuntime; <c>mlContext.Model.LoadMlp</c> restores this
/// transformer. Views are scored in batches on all cores, prediction engines row by row; both compute the same bits.
/// </remarks>
public sealed class MlpTransformer : ISingleFeaturePredictionTransformer<MlpModelParameters>, IDisposable
{
    private readonly LogitsTransformer _logits;

    /// <summary>The stock scorer, then the stage that drops the logits.</summary>
    private readonly TransformerChain<ITransformer> _afterLogits;

    /// <summary>The logits and the two stages after them. Each stage is ML.NET's own, or is saved as one of its own.</summary>
    private readonly TransformerChain<ITransformer> _stages;

    private readonly IHostEnvironment _environment;
    private readonly OnnxMlp _mlp;
    private readonly MlpMetadata _metadata;

    /// <summary>Wraps a network that was trained on the given columns.</summary>
    internal MlpTransformer(
        IHostEnvironment environment,
        MlpModelParameters model,
        MlpMetadata metadata,
        DataViewSchema.Column features,
        DataViewSchema.Column label,
        bool hasSparseFeatures = false)
        : this(
            environment,
            model,
            metadata with { ClassNames = KeyNames.Of(label), FeatureNames = SlotNames.Of(features) },
            features,
            StockScorer.Fit(model.Architecture.Task, CreateLogitsColumnName(model), label),
            label,
            hasSparseFeatures)
    {
        _environment = environment;
        FeatureColumnType = features.Type;
    }

    /// <summary>Wraps a network and the stock stages after it, as they were saved.</summary>
    internal MlpTransformer(IHostEnvironment environment, OnnxMlp mlp, ITransformer scorer, ITransformer dropColumns)
    {
        _environment = environment;
        _mlp = mlp;
        _metadata = MlpMetadata.Parse(mlp.Properties);
        _logits = new LogitsTransformer(environment, mlp);
        _afterLogits = new TransformerChain<ITransformer>(scorer, dropColumns);
        _stages = new TransformerChain<ITransformer>(_logits, scorer, dropColumns);
        FeatureColumnType = new VectorDataViewType(NumberDataViewType.Single, Model.Architecture.InputSize);
    }

    private MlpTransformer(
        IHostEnvironment environment,
        MlpModelParameters model,
        MlpMetadata metadata,
        DataViewSchema.Column features,
        StockScorer scorer,
        DataViewSchema.Column label,
        bool hasSparseFeatures)
        : this(
            environment,
            new OnnxMlp(model, features.Name, scorer.Input, metadata.ToProperties()) { HasSparseFeatures = hasSparseFeatures },
            scorer.Transformer,
            new MLContext().Transforms.DropColumns(scorer.Input.Name).Fit(
                new ScorerRows<float>(scorer.Input.Name, model.Architecture.OutputSize, label, rowCount: 0, _ => default, _ => default)))
    {
    }

    /// <summary>The network: its architecture, weights and biases.</summary>
    public MlpModelParameters Model => _mlp.Parameters;

    /// <summary>What the network predicts.</summary>
    public MlpTask Task => Model.Architecture.Task;

    /// <summary>
    /// In binary classification the <c>Score</c> above which <c>PredictedLabel</c> is true: 0, a probability of a half, unless
    /// <c>mlContext.BinaryClassification.ChangeModelThreshold</c> changed it; null for other tasks.
    /// </summary>
    public float? Threshold => Task == MlpTask.Binary ? _mlp.Threshold : null;

    /// <summary>The metrics of each epoch of the training, in order.</summary>
    public IReadOnlyList<MlpEpochMetrics> History => _metadata.History;

    /// <summary>
    /// The label's <c>KeyValues</c> as strings, in the order of the scores; null if the label has none, and for tasks other than multiclass
    /// classification.
    /// </summary>
    public IReadOnlyList<string>? ClassNames => _metadata.ClassNames;

    /// <summary>
    /// The feature column's <c>SlotNames</c> in the training, in their order; null unless each feature had a name of its own. A training
    /// that begins with this model finds its features by them.
    /// </summary>
    public IReadOnlyList<string>? FeatureNames => _metadata.FeatureNames;

    /// <summary>The column that the features are read from.</summary>
    public string FeatureColumnName => _mlp.InputName;

    /// <summary>The type of that column, a vector of Single.</summary>
    public DataViewType FeatureColumnType { get; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>
    /// The model's card: task, columns, classes, architecture, options and rows of the training, metrics by epoch, versions of the
    /// libraries. <c>Describe().Text</c> is for a screen, <c>Describe().Markdown</c> for a document.
    /// </summary>
    public MlpModelCard Describe() => ModelCardWriter.Write(this, _metadata);

    /// <summary>
    /// Appends the predictions to data. They are computed when they are read; reading a row with another number of features throws an
    /// <see cref="InvalidOperationException"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The data has no column <see cref="FeatureColumnName"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// That column is not a vector of Single of the length that the network was trained on.
    /// </exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var logits = _logits.Transform(input);
        return new ScoredDataView(logits, ((ITransformer)_afterLogits).GetRowToRowMapper(logits.Schema));
    }

    /// <summary>The schema of the result of <see cref="Transform"/>; it is the same before saving and after loading.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The schema has no column <see cref="FeatureColumnName"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// That column is not a vector of Single of the length that the network was trained on.
    /// </exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _stages.GetOutputSchema(inputSchema);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_stages).GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ITransformer[] stages = [.. _stages];
        using var network = new LogitsTransformer(_environment, StageChecksum.Put(_mlp, stages[1..]));
        ((ICanSaveModel)new TransformerChain<ITransformer>([network, .. stages[1..]])).Save(ctx);
    }

    /// <summary>
    /// Saves the network as an ONNX model. The file appears under its name only when it is complete, and replaces an existing file.
    /// </summary>
    /// <inheritdoc cref="SaveAsOnnx(Stream)" path="/remarks"/>
    /// <param name="path">The file, usually with the ending <c>.onnx</c>; its folder must exist.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void SaveAsOnnx(string path) => AtomicFile.Write(path, SaveAsOnnx);

    /// <summary>Saves the network as an ONNX model.</summary>
    /// <remarks>
    /// Its input is named as <see cref="FeatureColumnName"/>, float32 <c>[rows, features]</c>, with any number of rows. In multiclass
    /// classification its outputs are <c>PredictedLabel</c>, int64 <c>[rows]</c>, the zero-based index of the most probable class, and
    /// <c>Score</c>, float32 <c>[rows, classes]</c>, the probabilities; in binary classification <c>PredictedLabel</c>, bool,
    /// <c>Score</c> and <c>Probability</c>, float32, each <c>[rows]</c>; in regression <c>Score</c>, float32 <c>[rows]</c>. An output with
    /// the name of the input gets the suffix <c>.output</c>. Operator set 17, IR version 8 (ONNX 1.12). The model's metadata
    /// names the classes and features, the version of this library, the options of the training without paths, and the last epoch's metrics
    /// without times, and has the model's card (<see cref="Describe"/>, in Markdown, as <c>mnistml.card</c>), so that the same training
    /// writes the same bytes.
    /// </remarks>
    /// <param name="stream">Where the model is written; it is left open.</param>
    public void SaveAsOnnx(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var properties = new Dictionary<string, string>(_metadata.ToReproducibleProperties())
        {
            [MlpMetadata.CardName] = Describe().Markdown,
        };
        stream.Write(OnnxMlpWriter.WriteForExport(_mlp with { Properties = properties }));
    }

    /// <summary>The same model, which shares the network, with another threshold.</summary>
    internal MlpTransformer WithThreshold(float threshold)
    {
        ITransformer[] stages = [.. _stages];
        return new MlpTransformer(
            _environment, _mlp with { Threshold = threshold }, BinaryScorer.WithThreshold(stages[1], threshold), stages[2]);
    }

    /// <summary>The first trained network in a model: the model itself, or a stage of a chain, however deep.</summary>
    /// <param name="model">A fitted pipeline, or one that <c>mlContext.Model.LoadMlp</c> loaded.</param>
    /// <returns>Null if there is none, as in a model from <c>mlContext.Model.Load</c>, which holds stock stages only.</returns>
    public static MlpTransformer? Find(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model switch
        {
            MlpTransformer network => network,
            IEnumerable<ITransformer> chain => chain.Select(Find).FirstOrDefault(found => found is not null),
            _ => null,
        };
    }

    /// <summary>
    /// Frees the ONNX Runtime session; cursors and prediction engines that still use it finish first. The transformer can be used again: a
    /// later use opens the session again, and it is then freed as soon as nothing uses it. So a <c>PredictionEngine</c>, which disposes its
    /// model unless <c>OwnsTransformer</c> is false, does not end the model for others.
    /// </summary>
    public void Dispose() => _stages.Dispose();

    /// <summary>
    /// A name that no user's column has, because the column is dropped again by its name. It is derived from the weights, so that the same
    /// training saves the same model.
    /// </summary>
    private static string CreateLogitsColumnName(MlpModelParameters model) => $"Logits-{model.ComputeHash()}";
}
