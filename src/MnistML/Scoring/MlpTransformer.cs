using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Onnx;
using MnistML.Scoring;

namespace MnistML;

/// <summary>
/// A trained multi-layer perceptron in an ML.NET pipeline. It appends two columns: <c>PredictedLabel</c>, the most probable class as a
/// key with the label's <c>KeyValues</c>, and <c>Score</c>, the probabilities of all classes, <c>Vector&lt;Single, classes&gt;</c>, with the
/// annotations that ML.NET's own multiclass trainers give, <c>SlotNames</c> among them. It may be used by many threads at once.
/// </summary>
/// <remarks>
/// Scoring needs ONNX Runtime and not TorchSharp. A saved pipeline loads with <c>mlContext.Model.Load</c> in any application that
/// references Microsoft.ML, Microsoft.ML.OnnxTransformer and Microsoft.ML.OnnxRuntime.
/// </remarks>
public sealed class MlpTransformer : ISingleFeaturePredictionTransformer<MlpModelParameters>, IDisposable
{
    /// <summary>Logits → stock scorer → without the logits. Each stage is ML.NET's own, or is saved as one of its own.</summary>
    private readonly TransformerChain<ITransformer> _stages;

    internal MlpTransformer(
        IHostEnvironment environment, MlpModelParameters model, IReadOnlyList<MlpEpochMetrics> history,
        DataViewSchema.Column features, DataViewSchema.Column label)
    {
        Model = model;
        History = history;
        FeatureColumnName = features.Name;
        FeatureColumnType = features.Type;

        var logitsColumnName = CreateLogitsColumnName(model);
        var scorer = StockScorer.Fit(logitsColumnName, label);
        var onnxModel = OnnxMlpWriter.Write(model, features.Name, new OnnxOutput(logitsColumnName, scorer.Offsets, scorer.Scale));
        var mlContext = new MLContext();
        _stages = new TransformerChain<ITransformer>(
            new LogitsTransformer(environment, onnxModel, features.Name, logitsColumnName),
            scorer.Transformer,
            mlContext.Transforms.DropColumns(logitsColumnName).Fit(new OneHotDataView(logitsColumnName, label)));
    }

    /// <summary>The network: its form, weights and biases.</summary>
    public MlpModelParameters Model { get; }

    /// <summary>What each epoch of the training came to, in order.</summary>
    public IReadOnlyList<MlpEpochMetrics> History { get; }

    /// <summary>The column that the features are read from.</summary>
    public string FeatureColumnName { get; }

    /// <summary>The type of that column in the training data, a vector of Single.</summary>
    public DataViewType FeatureColumnType { get; }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>Appends the predictions to data. Nothing is computed before it is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The data has no column <see cref="FeatureColumnName"/>.</exception>
    /// <exception cref="InvalidOperationException">That column is not a vector of Single of the length that the network was trained on.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _stages.Transform(input);
    }

    /// <summary>The schema of what <see cref="Transform"/> gives; it is the same before saving and after loading.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The schema has no column <see cref="FeatureColumnName"/>.</exception>
    /// <exception cref="InvalidOperationException">That column is not a vector of Single of the length that the network was trained on.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _stages.GetOutputSchema(inputSchema);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_stages).GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_stages).Save(ctx);

    /// <summary>Frees what ONNX Runtime holds. The transformer can't be used afterwards.</summary>
    public void Dispose() => _stages.Dispose();

    /// <summary>
    /// A name that no column of the user's has, since the column is dropped again by its name. It is made of the weights, so that the same
    /// training saves the same model.
    /// </summary>
    private static string CreateLogitsColumnName(MlpModelParameters model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var layer in model.Layers)
        {
            hash.AppendData(MemoryMarshal.AsBytes(layer.Weights.Span));
            hash.AppendData(MemoryMarshal.AsBytes(layer.Biases.Span));
        }

        return $"Logits-{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
