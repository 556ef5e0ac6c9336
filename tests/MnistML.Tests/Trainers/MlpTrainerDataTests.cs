using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>Data as it comes.</summary>
internal sealed class MlpTrainerDataTests
{
    private static readonly MlpTrainer.Options Small = new() { HiddenLayers = [8], BatchSize = 8, MaxEpochs = 20, Seed = 1 };

    private readonly MLContext _mlContext = new();

    [Test]
    public void Fit_OfSparseVectors_EqualsThatOfDenseOnes()
    {
        var random = new Random(1);
        var dense = Enumerable.Range(0, 60)
            .Select(row => Enumerable.Range(0, 40).Select(_ => random.Next(8) == 0 ? random.NextSingle() : 0).ToArray()).ToArray();

        Assert.That(Bits(View(dense, isSparse: true)), Is.EqualTo(Bits(View(dense, isSparse: false))));
    }

    [Test]
    public void Fit_OfTwentyThousandSparseFeatures_LearnsThem()
    {
        // Each class has words of its own among many that tell nothing.
        var random = new Random(1);
        VBuffer<float>[] rows = [.. Enumerable.Range(0, 600).Select(row => Words(row % 3, random))];
        var data = View(rows, classes: 3);

        using var model = new MlpTrainer(_mlContext, Small with { HiddenLayers = [16], MaxEpochs = 4 })
            .Fit(_mlContext.Data.TakeRows(data, 450));

        Assert.That(
            _mlContext.MulticlassClassification.Evaluate(model.Transform(_mlContext.Data.SkipRows(data, 450))).MicroAccuracy,
            Is.GreaterThan(0.9));

        static VBuffer<float> Words(int label, Random random)
        {
            int[] slots =
                [.. Enumerable.Range(0, 30).Select(i => i < 10 ? (label * 100) + random.Next(100) : random.Next(300, 20_000)).Distinct()
                    .Order()];
            return new VBuffer<float>(20_000, slots.Length, [.. slots.Select(_ => 1f)], slots);
        }
    }

    [Test]
    public void Fit_OfAThousandClasses_LearnsThem()
    {
        var random = new Random(1);
        float[][] rows =
            [.. Enumerable.Range(0, 5_000).Select(row => (float[])[Near(row % 1_000 / 100), Near(row % 100 / 10), Near(row % 10)])];
        float Near(int digit) => digit + (0.1f * random.NextSingle());
        var data = View(rows, isSparse: false, classes: 1_000);

        using var model = new MlpTrainer(_mlContext, new MlpTrainer.Options { Seed = 1 }).Fit(data);

        Assert.That(model.Model.Architecture.ClassCount, Is.EqualTo(1_000));
        Assert.That(_mlContext.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.GreaterThan(0.95));
    }

    [Test]
    public void Fit_OfOneFeature_LearnsAnInterval()
    {
        float[][] rows = [.. Enumerable.Range(0, 300).Select(row => (float[])[1_000 + row])];
        var data = View(rows, isSparse: false, labelOf: row => row is >= 100 and < 200 ? 1 : 0);

        using var model = new MlpTrainer(_mlContext, new MlpTrainer.Options { Seed = 1 }).Fit(data);

        Assert.That(_mlContext.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.GreaterThan(0.97));
    }

    [Test]
    public void Fit_OfKeysThatNoRowHas_GivesThemALowProbability()
    {
        var values = Enumerable.Range(0, 90).Select(row => (float[])[row % 3]);
        var data = View([.. values], isSparse: false, classes: 7, labelOf: row => row % 3);

        using var model = new MlpTrainer(_mlContext, Small with { ClassWeights = MlpClassWeights.Balanced, ValidationFraction = 0.2 })
            .Fit(data);

        var scores = model.Transform(data).GetColumn<float[]>("Score").ToArray();
        Assert.That(scores.Select(score => score.Length), Is.All.EqualTo(7));
        Assert.That(scores.Max(score => score[3..].Max()), Is.LessThan(0.2));
    }

    [Test]
    public void Fit_WithInvalidFeatures_SkipsTheirRowsAndSaysSo()
    {
        float[][] rows = [[1, 2], [float.NaN, 1], [3, 1], [0, float.NegativeInfinity], [0, 0], [float.PositiveInfinity, 1]];
        var messages = new List<string>();
        var mlContext = new MLContext();
        mlContext.Log += (_, log) => messages.Add(log.Message);
        var options = Small with { InvalidFeatures = MlpInvalidFeatures.SkipRow };

        using var model = new MlpTrainer(mlContext, options).Fit(View(rows, isSparse: false));

        Assert.That(Bits(model), Is.EqualTo(Bits(View([rows[0], rows[2], rows[4]], isSparse: false, labelOf: row => row * 2 % 2))));
        Assert.That(messages, Has.Exactly(1).Contains("Skipped 3 of 6 rows of the training data: a feature is NaN or infinite."));
    }

    [Test]
    public void Fit_WithOnlyInvalidRows_SaysWhy()
    {
        var options = Small with { InvalidFeatures = MlpInvalidFeatures.SkipRow };

        Assert.That(
            () => new MlpTrainer(_mlContext, options).Fit(View([[float.NaN], [float.NaN]], isSparse: false)),
            Throws.InvalidOperationException.With.Message.EqualTo(
            "None of the 2 rows of the training data can be used: 0 have no label, 2 a feature that is NaN or infinite."));
    }

    [Test]
    public void Fit_WithoutRowsToValidateWith_SaysSo() => Assert.That(
        () => new MlpTrainer(_mlContext, Small).Fit(View([[1], [2]], isSparse: false), View([], isSparse: false, featureCount: 1)),
        Throws.InvalidOperationException.With.Message.EqualTo("The validation data has no rows."));

    [Test]
    public void Fit_WithExampleWeights_HeedsThem()
    {
        // The same features have both labels; the weights decide.
        WeightedRow[] rows =
            [.. Enumerable.Range(0, 40)
                .Select(row => new WeightedRow { Features = [1], Label = (uint)(row % 2), Weight = row % 2 == 1 ? 3 : 1 })];
        var trainer = new MlpTrainer(_mlContext, Small with
        {
            ExampleWeightColumnName = "Weight",
            HiddenLayers = [],
            MaxEpochs = 200,
            Optimizer = MlpOptimizer.Sgd(0.5),
            Schedule = MlpSchedule.Constant,
            BatchSize = 40,
        });

        using var model = trainer.Fit(_mlContext.Data.LoadFromEnumerable(rows));

        var scores = model.Transform(_mlContext.Data.LoadFromEnumerable(rows)).GetColumn<float[]>("Score").First();
        Assert.That(scores, Is.EqualTo([0.25, 0.75]).Within(0.01));
    }

    [TestCase(-1f, "-1")]
    [TestCase(float.NaN, "NaN")]
    public void Fit_WithAnImpossibleWeight_SaysWhere(float weight, string name)
    {
        WeightedRow[] rows = [new() { Features = [1] }, new() { Features = [2], Weight = weight }];

        Assert.That(
            () => new MlpTrainer(_mlContext, exampleWeightColumnName: "Weight").Fit(_mlContext.Data.LoadFromEnumerable(rows)),
            Throws.TypeOf<FormatException>().With.Message.EqualTo(
            $"The example weight column 'Weight' of the training data holds {name} in row 1 (zero-based), "
            + "but weights must be finite and at least 0."));
    }

    [Test]
    public void Fit_WithAWeightColumnOfAnotherType_SaysWhatIsExpected() => Assert.That(
        () => new MlpTrainer(_mlContext, exampleWeightColumnName: "Label").Fit(Tables.Clusters(_mlContext, rows: 9)),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
            "The example weight column 'Label' is Key<UInt32, 0-2>, but must be a Single; make one by "
            + "mlContext.Transforms.Conversion.ConvertType."));

    [Test]
    public void Fit_OfUnscaledColumns_IsAsGoodAsOfScaledOnes()
    {
        var random = new Random(1);
        float[][] rows =
            [.. Enumerable.Range(0, 400)
                .Select(row => (float[])[1e6f * ((row % 2) + random.NextSingle()), 1e-6f * ((row / 2 % 2) + random.NextSingle()), 5])];
        var data = View(rows, isSparse: false, classes: 2, labelOf: row => (row % 2) ^ (row / 2 % 2));

        using var model = new MlpTrainer(_mlContext, new MlpTrainer.Options { Seed = 1 }).Fit(data);

        Assert.That(_mlContext.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.GreaterThan(0.97));
    }

    private int[] Bits(IDataView data)
    {
        using var model = new MlpTrainer(_mlContext, Small).Fit(data);
        return Bits(model);
    }

    private static int[] Bits(MlpTransformer model) =>
        [.. model.Model.Layers.SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];

    private IDataView View(float[][] rows, bool isSparse, int classes = 2, Func<int, int>? labelOf = null, int? featureCount = null) =>
        View([.. rows.Select(row => isSparse ? ToSparse(row) : new VBuffer<float>(row.Length, row))], classes, labelOf, featureCount
            ?? rows[0].Length);

    private IDataView View(VBuffer<float>[] rows, int classes, Func<int, int>? labelOf = null, int? featureCount = null)
    {
        var schema = SchemaDefinition.Create(typeof(AnyRow));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, featureCount ?? rows[0].Length);
        schema["Label"].ColumnType = new KeyDataViewType(typeof(uint), classes);
        return _mlContext.Data.LoadFromEnumerable(
            rows.Select((row, i) => new AnyRow { Features = row, Label = (uint)(labelOf?.Invoke(i) ?? i % classes) }).ToArray(), schema);
    }

    private static VBuffer<float> ToSparse(float[] values)
    {
        int[] slots = [.. Enumerable.Range(0, values.Length).Where(slot => values[slot] != 0)];
        return new VBuffer<float>(values.Length, slots.Length, [.. slots.Select(slot => values[slot])], slots);
    }

    private sealed class AnyRow
    {
        public VBuffer<float> Features { get; set; }

        [KeyType(2)]
        public uint Label { get; set; }
    }

    private sealed class WeightedRow
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }

        public float Weight { get; set; } = 1;
    }
}
