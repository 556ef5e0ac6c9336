using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Trainers;

/// <summary>
/// Features as they should not be, which the default options take as they are. The benchmark <c>robustness</c> does the same in full.
/// </summary>
internal sealed class RobustnessTests
{
    private const int TrainRows = 400;
    private const int TestRows = 400;

    private readonly MLContext _mlContext = new(seed: 1);

    [Test]
    public void Fit_OfColumnsFromAMillionthToAMillion_IsAsGoodAsOfScaledOnes()
    {
        var (spread, even) = (Draw(row => [row[0] * 1e-6f, row[1] * 1e6f, row[2]]), Draw(row => row));

        Assert.That(Fit(spread).MicroAccuracy, Is.GreaterThan(0.85).And.EqualTo(Fit(even).MicroAccuracy).Within(0.03));
    }

    [Test]
    public void Fit_OfConstantColumns_IsNotDisturbed() =>
        Assert.That(Fit(Draw(row => [0, .. row, 7, 1e6f])).MicroAccuracy, Is.GreaterThan(0.85));

    [Test]
    public void Fit_OfAOneHotBlock_LearnsEachOfItsValues()
    {
        // The value decides by itself; a column of another scale says nothing.
        const int Values = 30;
        var random = new Random(1);
        (float[] Features, int Label)[] rows =
        [
            .. Enumerable.Range(0, TrainRows + TestRows).Select(_ =>
            {
                var value = random.Next(Values);
                return ((float[])[.. Enumerable.Range(0, Values).Select(slot => slot == value ? 1f : 0), random.NextSingle() * 1e3f],
                    value % 7 < 3 ? 1 : 0);
            }),
        ];

        Assert.That(Fit(rows).MicroAccuracy, Is.GreaterThan(0.99));
    }

    [Test]
    public void Fit_OfOneRareRowInAHundred_FindsTheRareClass()
    {
        // The rare class lies four deviations off in two coordinates; a column of another scale says nothing.
        var random = new Random(1);
        (float[] Features, int Label)[] rows =
        [
            .. Enumerable.Range(0, 3_000).Select(row =>
            {
                var label = row % 100 == 0 ? 1 : 0;
                return ((float[])[Normal(random) + (4 * label), 1e4f * Normal(random), Normal(random) - (4 * label)], label);
            }),
        ];

        var metrics = Fit(rows, trainRows: 2_000);

        Assert.That(metrics.ConfusionMatrix.PerClassRecall[1], Is.GreaterThanOrEqualTo(0.9));
        Assert.That(metrics.ConfusionMatrix.PerClassPrecision[1], Is.GreaterThanOrEqualTo(0.8));
    }

    /// <summary>Whether a point of a cloud lies near the middle in two of three coordinates; no linear classifier can tell.</summary>
    private static (float[] Features, int Label)[] Draw(Func<float[], float[]> change)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, TrainRows + TestRows).Select(_ =>
            {
                float[] row = [Normal(random), Normal(random), Normal(random)];
                return (change(row), (row[0] * row[0]) + (row[1] * row[1]) > 1.4f ? 1 : 0);
            }),
        ];
    }

    private MulticlassClassificationMetrics Fit((float[] Features, int Label)[] rows, int trainRows = TrainRows)
    {
        using var model = new MlpTrainer(_mlContext).Fit(View(rows[..trainRows]));
        return _mlContext.MulticlassClassification.Evaluate(model.Transform(View(rows[trainRows..])));
    }

    private IDataView View((float[] Features, int Label)[] rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        return _mlContext.Data.LoadFromEnumerable(
            rows.Select(row => new Row { Features = row.Features, Label = (uint)row.Label }).ToArray(), schema);
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }
}
