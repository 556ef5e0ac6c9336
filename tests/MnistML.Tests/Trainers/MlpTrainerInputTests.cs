using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

internal sealed class MlpTrainerInputTests
{
    private static readonly MLContext MlContext = new();

    [Test]
    public void GetOutputSchema_OfAPipeline_AgreesWithTheData()
    {
        var data = Tables.Clusters(MlContext, rows: 9);
        var trainer = new MlpTrainer(MlContext, new MlpTrainer.Options { HiddenLayers = [2], MaxEpochs = 1 });
        var shape = trainer.GetOutputSchema(ShapeOf(data));
        using var model = trainer.Fit(data);
        var schema = model.GetOutputSchema(data.Schema);

        Assert.That(shape.Select(column => column.Name), Is.EquivalentTo(schema.Select(column => column.Name)));
        Assert.That(schema.Select(column => column.Name), Is.EqualTo(["Features", "Label", "PredictedLabel", "Score"]));
        foreach (var column in shape)
        {
            var found = schema[column.Name];
            Assert.That(column.IsKey, Is.EqualTo(found.Type is KeyDataViewType), column.Name);
            Assert.That(
                column.Kind,
                Is.EqualTo(found.Type is VectorDataViewType ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.Scalar),
                column.Name);
            Assert.That(
                column.ItemType.RawType, Is.EqualTo((found.Type as VectorDataViewType)?.ItemType.RawType ?? found.Type.RawType),
                column.Name);
            Assert.That(
                column.Annotations.Select(annotation => annotation.Name),
                Is.SubsetOf(found.Annotations.Schema.Select(annotation => annotation.Name)), column.Name);
        }
    }

    [TestCase(MlpFeatureScaling.Standardize, false)]
    [TestCase(MlpFeatureScaling.None, true)]
    public void Info_OfATrainer_AsksForNormalizedFeaturesWhereItDoesNotScaleThem(MlpFeatureScaling scaling, bool needsThem) =>
        Assert.That(
            new MlpTrainer(MlContext, new MlpTrainer.Options { FeatureScaling = scaling }).Info.NeedNormalization, Is.EqualTo(needsThem));

    [Test]
    public void GetOutputSchema_OfALabelThatIsNoKey_IsTheStockTrainersError()
    {
        var shape = ShapeOf(MlContext.Data.LoadFromEnumerable([new TextPoint { Features = [1, 2] }]));

        var stock = Assert.Throws<ArgumentOutOfRangeException>(
            () => MlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy().GetOutputSchema(shape));
        Assert.That(
            () => new MlpTrainer(MlContext).GetOutputSchema(shape),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(stock!.Message));
    }

    [Test]
    public void Fit_OfALabelThatIsNoKey_SaysHowToMakeOne() => Assert.That(
        () => new MlpTrainer(MlContext).Fit(MlContext.Data.LoadFromEnumerable([new TextPoint { Features = [1, 2] }])),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
            "The label column 'Label' is String, but must be a key of UInt32; make one by mlContext.Transforms.Conversion.MapValueToKey."));

    [Test]
    public void Fit_OfAMissingColumn_SaysWhichThereAre()
    {
        var data = Tables.Clusters(MlContext, rows: 3);

        Assert.That(() => new MlpTrainer(MlContext, labelColumnName: "Class").Fit(data), Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Message.StartsWith("Could not find the label column 'Class'; the data has 'Features', 'Label'."));
        Assert.That(() => new MlpTrainer(MlContext, featureColumnName: "Pixels").Fit(data), Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Message.StartsWith("Could not find the feature column 'Pixels'; the data has 'Features', 'Label'."));
    }

    [Test]
    public void Fit_OfFeaturesOfUnknownLength_SaysWhatIsExpected()
    {
        var data = MlContext.Data.LoadFromEnumerable([new Ragged()]);

        Assert.That(() => new MlpTrainer(MlContext).Fit(data), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
            "The feature column 'Features' is Vector<Single>, but must be a vector of Single of known length; make one by "
            + "mlContext.Transforms.Concatenate."));
    }

    [Test]
    public void Fit_OfNoRows_SaysSo() => Assert.That(
        () => new MlpTrainer(MlContext).Fit(MlContext.Data.LoadFromEnumerable<KeyedPoint>([])),
        Throws.InvalidOperationException.With.Message.EqualTo("The training data has no rows."));

    [TestCase(float.NaN, "NaN")]
    [TestCase(float.PositiveInfinity, "Infinity")]
    public void Fit_OfAFeatureThatIsNoNumber_SaysWhere(float value, string name)
    {
        KeyedPoint[] rows = [new() { Features = [1, 2] }, new() { Features = [0, value] }];

        Assert.That(
            () => new MlpTrainer(MlContext).Fit(MlContext.Data.LoadFromEnumerable(rows)),
            Throws.TypeOf<FormatException>().With.Message.EqualTo(
                $"The feature column 'Features' of the training data holds {name} in row 1 (zero-based), slot 1, "
                + "but features must be finite numbers. Use mlContext.Transforms.ReplaceMissingValues, "
                + "drop such rows by mlContext.Data.FilterRowsByMissingValues, or leave them out by InvalidFeatures = SkipRow."));
    }

    [Test]
    public void Fit_OfNull_IsAnArgumentNullException()
    {
        Assert.That(() => new MlpTrainer(MlContext).Fit(null!), Throws.ArgumentNullException);
        Assert.That(() => new MlpTrainer(null!), Throws.ArgumentNullException);
        Assert.That(() => new MlpTrainer(MlContext, (MlpTrainer.Options)null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Fit_OfASingleClass_PredictsItWithCertainty()
    {
        var schema = SchemaDefinition.Create(typeof(KeyedPoint));
        schema["Label"].ColumnType = new KeyDataViewType(typeof(uint), 1);
        var data = MlContext.Data.LoadFromEnumerable([new KeyedPoint { Features = [1, 2] }, new KeyedPoint { Features = [2, 1] }], schema);

        using var model = new MlpTrainer(MlContext, new MlpTrainer.Options { MaxEpochs = 1 }).Fit(data);

        Assert.That(model.Transform(data).GetColumn<float[]>("Score"), Is.All.EqualTo(new[] { 1f }));
    }

    /// <summary>ML.NET keeps the way from a schema to its shape to itself; a test may go it.</summary>
    private static SchemaShape ShapeOf(IDataView data) => (SchemaShape)typeof(SchemaShape)
        .GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic)!
        .Invoke(null, [data.Schema])!;

    private sealed class Ragged
    {
        public float[] Features { get; set; } = [1];

        [KeyType(3)]
        public uint Label { get; set; }
    }
}
