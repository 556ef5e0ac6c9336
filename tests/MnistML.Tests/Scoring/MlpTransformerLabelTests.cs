using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

/// <summary>Keys of every kind: what the outputs look like is what ML.NET's own trainer, fitted on the same data, gives.</summary>
public sealed class MlpTransformerLabelTests
{
    private static readonly string[] Sources = ["Text", "Int", "UInt", "Long", "Byte", "Float", "Double", "Bool"];

    [TestCaseSource(nameof(Sources))]
    public void GetOutputSchema_KeysOfValues_IsThatOfAStockTrainer(string source) => AssertSameAsStock(
        mlContext => mlContext.Transforms.Conversion.MapValueToKey("Label", source));

    [Test]
    public void GetOutputSchema_KeysInValueOrder_IsThatOfAStockTrainer() => AssertSameAsStock(mlContext => mlContext.Transforms.Conversion
        .MapValueToKey("Label", "Text", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue));

    [Test]
    public void GetOutputSchema_KeysWithoutValues_IsThatOfAStockTrainer() => AssertSameAsStock(
        mlContext => mlContext.Transforms.CopyColumns("Label", "Key"));

    private static void AssertSameAsStock(Func<MLContext, IEstimator<ITransformer>> label)
    {
        var mlContext = new MLContext(seed: 1);
        var source = mlContext.Data.LoadFromEnumerable(Row.Seven);
        var data = label(mlContext).Fit(source).Transform(source);
        var stock = mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(data);
        var classCount = checked((int)((KeyDataViewType)data.Schema["Label"].Type).Count);
        var model = Networks.Random(new MlpArchitecture(3, [5], classCount), seed: 7);
        using var transformer = ScoringCase.CreateTransformer(mlContext, model, data.Schema);
        using var loaded = SavedModel.SaveAndLoad(mlContext, transformer, data.Schema);
        using var restored = SavedModel.SaveAndLoadMlp(mlContext, transformer, data.Schema);

        var expected = SchemaText.Of(stock.GetOutputSchema(data.Schema));

        Assert.That(expected, Has.Some.StartsWith("PredictedLabel: Key<UInt32").And.Some.StartsWith("Score: Vector<Single"));
        Assert.That(SchemaText.Of(transformer.GetOutputSchema(data.Schema)), Is.EqualTo(expected));
        Assert.That(SchemaText.Of(transformer.Transform(data).Schema), Is.EqualTo(expected));
        Assert.That(SchemaText.Of(loaded.GetOutputSchema(data.Schema)), Is.EqualTo(expected));
        Assert.That(Predictions.Bits(loaded.Transform(data)), Is.EqualTo(Predictions.Bits(transformer.Transform(data))));
        Assert.That(SchemaText.Of(restored.GetOutputSchema(data.Schema)), Is.EqualTo(expected));
        Assert.That(Predictions.Bits(restored.Transform(data)), Is.EqualTo(Predictions.Bits(transformer.Transform(data))));
        Assert.That(MlpTransformer.Find(restored)!.ClassNames, Is.EqualTo(transformer.ClassNames));
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        public string Text { get; set; } = "";

        public int Int { get; set; }

        public uint UInt { get; set; }

        public long Long { get; set; }

        public byte Byte { get; set; }

        public float Float { get; set; }

        public double Double { get; set; }

        public bool Bool { get; set; }

        [KeyType(5)]
        public uint Key { get; set; }

        public static IReadOnlyList<Row> Seven =>
        [
            .. Example.Seven().Select(example => new Row
            {
                Features = example.Features,
                Text = example.Class,
                Int = 10 - (3 * (example.Id % 4)),
                UInt = (uint)(10 + (example.Id % 3)),
                Long = 1L << (40 + (example.Id % 3)),
                Byte = (byte)(200 + (example.Id % 4)),
                Float = 0.1f * (example.Id % 3),
                Double = -0.1 * (example.Id % 4),
                Bool = example.Id % 2 == 0,
                Key = (uint)(example.Id % 5),
            }),
        ];
    }
}
