using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace MnistML.Scoring;

/// <summary>
/// The first stage of a trained model: appends the column of logits that the stock scorer after it reads, computed by ONNX Runtime.
/// It owns the inference session, which may be run by many threads at once.
/// </summary>
internal sealed partial class LogitsTransformer : ITransformer, IDisposable
{
    private readonly IHostEnvironment _environment;
    private readonly byte[] _onnxModel;
    private readonly InferenceSession _session;

    /// <summary>Opens a model whose input and output are named like the columns.</summary>
    public LogitsTransformer(IHostEnvironment environment, byte[] onnxModel, string featureColumnName, string logitsColumnName)
    {
        _environment = environment;
        _onnxModel = onnxModel;

        // One row at a time is too little work to share among threads.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(onnxModel, options);
        FeatureColumnName = featureColumnName;
        FeatureCount = _session.InputMetadata[featureColumnName].Dimensions[^1];
        LogitsColumnName = logitsColumnName;
        LogitsColumnType = new VectorDataViewType(NumberDataViewType.Single, _session.OutputMetadata[logitsColumnName].Dimensions[^1]);
    }

    public string FeatureColumnName { get; }

    public int FeatureCount { get; }

    public string LogitsColumnName { get; }

    public VectorDataViewType LogitsColumnType { get; }

    public bool IsRowToRowMapper => true;

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new LogitsMapper(this, inputSchema);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => GetRowToRowMapper(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => new LogitsDataView(new LogitsMapper(this, input.Schema), input);

    public OnnxRowScorer CreateRowScorer() => new(_session, FeatureCount, LogitsColumnType.Size);

    public void Dispose() => _session.Dispose();

    /// <summary>The column of features in a schema, checked.</summary>
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
                $"The feature column '{FeatureColumnName}' is {column.Type}, but the model was trained on Vector<Single, {FeatureCount}>."));
        }

        return column;
    }

    private static string ColumnNames(DataViewSchema schema) =>
        schema.Count == 0 ? "no columns" : string.Join(", ", schema.Select(column => $"'{column.Name}'"));
}
