using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>Rows of any number of classes, each around a random centre of its own: the nearest centre is nearly always right.</summary>
internal sealed class ClassRows
{
    private const int FeatureCount = 8;

    private readonly float _noise;
    private readonly float[][] _centres;
    private readonly Random _random;

    /// <param name="classCount">Classes.</param>
    /// <param name="seed">Draws centres and rows.</param>
    /// <param name="noise">How far a feature is from its centre at most; centres are from -1 to 1.</param>
    public ClassRows(int classCount, int seed = 1, float noise = 0.03f)
    {
        _noise = noise;
        _random = new Random(seed);
        _centres = [.. Enumerable.Range(0, classCount).Select(_ => Draw(_ => 0, spread: 1))];
        Schema = SchemaDefinition.Create(typeof(Row));
        Schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classCount);
    }

    /// <summary>The label is a key of all classes, whether they occur or not.</summary>
    public SchemaDefinition Schema { get; }

    public static int Features => FeatureCount;

    /// <summary>Rows of the first classes, in turn.</summary>
    public Row[] Take(int rowCount) => [.. Enumerable.Range(0, rowCount).Select(row => RowOf(row % _centres.Length))];

    /// <summary>Rows of classes that are drawn too.</summary>
    public Row[] TakeAny(int rowCount) => [.. Enumerable.Range(0, rowCount).Select(_ => RowOf(_random.Next(_centres.Length)))];

    public IDataView ToView(MLContext mlContext, IEnumerable<Row> rows) => mlContext.Data.LoadFromEnumerable(rows, Schema);

    /// <summary>An engine that leaves its model to the caller.</summary>
    public PredictionEngine<Row, Prediction> CreateEngine(MLContext mlContext, ITransformer model) =>
        mlContext.Model.CreatePredictionEngine<Row, Prediction>(
            model, new PredictionEngineOptions { InputSchemaDefinition = Schema, OwnsTransformer = false });

    private Row RowOf(int label) => new() { Label = (uint)label, Features = Draw(feature => _centres[label][feature], _noise) };

    private float[] Draw(Func<int, float> centreOf, float spread) =>
        [.. Enumerable.Range(0, FeatureCount).Select(feature => centreOf(feature) + (spread * ((2 * _random.NextSingle()) - 1)))];

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
