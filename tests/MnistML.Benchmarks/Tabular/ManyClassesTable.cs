using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Benchmarks.Tabular;

/// <summary>Rows of 8 features, each around the random centre of its class: the nearest centre is nearly always right.</summary>
internal sealed class ManyClassesTable
{
    private const int FeatureCount = 8;
    private const double Deviation = 0.1;

    private readonly double[][] _centres;
    private readonly Random _random;
    private readonly SchemaDefinition _schema = SchemaDefinition.Create(typeof(Row));

    public ManyClassesTable(int classCount, int seed)
    {
        _random = new Random(seed);
        _centres = [.. Enumerable.Range(0, classCount).Select(_ => _random.NextNormals(FeatureCount))];
        _schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classCount);
    }

    /// <summary>As many rows of each class.</summary>
    public Row[] DrawOfEach(int rowsOfClass)
    {
        Row[] rows = [.. Enumerable.Range(0, rowsOfClass * _centres.Length).Select(row => Draw(row % _centres.Length))];
        _random.Shuffle(rows);
        return rows;
    }

    /// <summary>Rows of classes that are drawn too.</summary>
    public Row[] DrawAny(int rowCount) => [.. Enumerable.Range(0, rowCount).Select(_ => Draw(_random.Next(_centres.Length)))];

    public IDataView ToView(MLContext mlContext, Row[] rows) => mlContext.Data.LoadFromEnumerable(rows, _schema);

    public PredictionEngine<Row, Prediction> CreateEngine(MLContext mlContext, ITransformer model) =>
        mlContext.Model.CreatePredictionEngine<Row, Prediction>(
            model, new PredictionEngineOptions { InputSchemaDefinition = _schema, OwnsTransformer = false });

    private Row Draw(int label) => new()
    {
        Label = (uint)label,
        Features = [.. _centres[label].Select(value => (float)(value + (Deviation * _random.NextNormal())))],
    };

    internal sealed class Row
    {
        /// <summary>Zero-based on the way in, as ML.NET reads such a property.</summary>
        public uint Label { get; set; }

        [VectorType(FeatureCount)]
        public float[] Features { get; set; } = [];
    }

    internal sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
