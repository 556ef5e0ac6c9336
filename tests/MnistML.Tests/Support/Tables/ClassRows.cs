using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>Rows of any number of classes, each around a random centre of its own.</summary>
internal sealed class ClassRows
{
    private const int FeatureCount = 8;
    private const float Noise = 0.03f;

    private readonly float[][] _centres;
    private readonly Random _random;

    public ClassRows(int classCount, int seed = 1)
    {
        _random = new Random(seed);
        _centres = [.. Enumerable.Range(0, classCount).Select(_ => Draw(_ => 0, spread: 1))];
        Schema = SchemaDefinition.Create(typeof(Row));
        Schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classCount);
    }

    /// <summary>The label is a key of all classes, whether they occur or not.</summary>
    public SchemaDefinition Schema { get; }

    public static int Features => FeatureCount;

    /// <summary>Rows of the first classes, in turn.</summary>
    public Row[] Take(int rowCount) =>
        [.. Enumerable.Range(0, rowCount).Select(row => row % _centres.Length).Select(label => new Row
        {
            Label = (uint)label,
            Features = Draw(feature => _centres[label][feature], Noise),
        })];

    public IDataView ToView(MLContext mlContext, IEnumerable<Row> rows) => mlContext.Data.LoadFromEnumerable(rows, Schema);

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
