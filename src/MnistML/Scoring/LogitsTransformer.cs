using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Onnx;
using MnistML.Scoring.Cursors;

namespace MnistML.Scoring;

/// <summary>
/// The first stage of a trained model: appends the column of logits, computed by ONNX Runtime, that the stock scorer after it reads. It
/// owns the inference session and is thread-safe.
/// </summary>
internal sealed partial class LogitsTransformer : ITransformer, IDisposable
{
    private readonly IHostEnvironment _environment;
    private readonly OnnxMlp _mlp;
    private readonly OnnxSession _session;
    private readonly SparseFirstLayer? _firstLayer;

    /// <param name="environment">Where errors are reported.</param>
    /// <param name="mlp">The network; its input and output have the names of the columns.</param>
    public LogitsTransformer(IHostEnvironment environment, OnnxMlp mlp)
    {
        _environment = environment;
        _mlp = mlp;
        LogitsColumnType = new VectorDataViewType(NumberDataViewType.Single, mlp.Parameters.Architecture.OutputSize);

        _firstLayer = mlp.HasSparseFeatures ? new SparseFirstLayer(mlp.Parameters) : null;
        _session = new OnnxSession(
            _firstLayer is null ? OnnxMlpWriter.WriteForBatches(mlp) : OnnxMlpWriter.WriteAfterFirstLayer(mlp, _firstLayer.UnitCount));
    }

    public string FeatureColumnName => _mlp.InputName;

    public int FeatureCount => _mlp.Parameters.Architecture.InputSize;

    /// <summary>The inputs of the ONNX graph: the features, or the outputs of a first layer in front of it.</summary>
    public int InputCount => _firstLayer?.UnitCount ?? FeatureCount;

    public string LogitsColumnName => _mlp.Output.Name;

    public VectorDataViewType LogitsColumnType { get; }

    /// <inheritdoc cref="OnnxSession.IsOpen"/>
    public bool IsSessionOpen => _session.IsOpen;

    public bool IsRowToRowMapper => true;

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new LogitsMapper(this, inputSchema);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => GetRowToRowMapper(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => new LogitsDataView(new LogitsMapper(this, input.Schema), input);

    public OnnxScorer CreateScorer(int capacity) => new(_session, InputCount, LogitsColumnType.Size, capacity);

    /// <summary>Makes the inputs of the ONNX graph from the features of a row.</summary>
    /// <param name="features">The features, as many as the model was trained on.</param>
    /// <param name="inputs">Overwritten, <see cref="InputCount"/> values.</param>
    public void CopyInputs(in VBuffer<float> features, Span<float> inputs)
    {
        if (_firstLayer is null)
        {
            features.CopyTo(inputs);
        }
        else
        {
            _firstLayer.Compute(in features, inputs);
        }
    }

    /// <inheritdoc cref="MlpTransformer.Dispose"/>
    public void Dispose() => _session.Dispose();

    /// <summary>Finds the feature column in a schema and checks its type.</summary>
    public DataViewSchema.Column FindFeatures(DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(FeatureColumnName) is not { } column)
        {
            throw _environment.Process(new ArgumentOutOfRangeException(
                nameof(schema), $"Could not find the feature column '{FeatureColumnName}'; the data has {ColumnNames(schema)}."));
        }

        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector
            || item != NumberDataViewType.Single || vector.Size != FeatureCount)
        {
            throw _environment.Process(new InvalidOperationException(
                $"The feature column '{FeatureColumnName}' is {column.Type}, but the model was trained on Vector<Single, "
                + $"{FeatureCount}>."));
        }

        return column;
    }

    private static string ColumnNames(DataViewSchema schema) =>
        schema.Count == 0 ? "no columns" : string.Join(", ", schema.Select(column => $"'{column.Name}'"));
}
