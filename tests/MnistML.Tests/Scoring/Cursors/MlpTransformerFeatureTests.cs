using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

public sealed class MlpTransformerFeatureTests
{
    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void Transform_SparseAndDenseFeatures_ScoreTheSame()
    {
        VBuffer<float>[] dense = [new(3, [0, 0, 2]), new(3, [0, 0, 0]), new(3, [0, -1, 0]), new(3, [1, 2, 3])];
        VBuffer<float>[] sparse = [new(3, 1, [2], [2]), new(3, 0, [], []), new(3, 1, [-1], [1]), new(3, [1, 2, 3])];

        Assert.That(Bits(sparse), Is.EqualTo(Bits(dense)));

        IReadOnlyList<string> Bits(VBuffer<float>[] rows) => Predictions.Bits(_case.Transformer.Transform(
            _case.MlContext.Data.LoadFromEnumerable(rows.Select(features => new SparseExample { Features = features }).ToList())));
    }

    [Test]
    public void Transform_MatrixOfFeatures_ScoresBeforeSavingAndAfterLoading()
    {
        MatrixExample[] rows = [new() { Features = [1, -2, 3, 0, 0.5f, -1] }, new() { Features = [0, 1, -1, 2, -0.5f, 1] }];
        var source = _case.MlContext.Data.LoadFromEnumerable(rows);
        var model = Networks.Random(new MlpArchitecture(6, [5], 4), seed: 2);
        using var transformer = ScoringCase.CreateTransformer(_case.MlContext, model, source.Schema);
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, transformer, source.Schema);

        var view = transformer.Transform(source);
        var scores = Predictions.Scores(view);

        Assert.That(transformer.FeatureColumnType.ToString(), Is.EqualTo("Vector<Single, 2, 3>"));
        Assert.That(scores[0], Is.EqualTo(PlainNetwork.Probabilities(model, rows[0].Features)).Within(1e-6));
        Assert.That(scores[1], Is.EqualTo(PlainNetwork.Probabilities(model, rows[1].Features)).Within(1e-6));
        Assert.That(SchemaText.Of(loaded.GetOutputSchema(source.Schema)), Is.EqualTo(SchemaText.Of(view.Schema)));
        Assert.That(Predictions.Bits(loaded.Transform(source)), Is.EqualTo(Predictions.Bits(view)));
    }

    [Test]
    public void Transform_MissingFeatureColumn_Throws()
    {
        var data = _case.MlContext.Transforms.SelectColumns("Id", "Label").Fit(_case.Data).Transform(_case.Data);

        AssertMissing(() => _case.Transformer.Transform(data), "'Id', 'Label'");
        AssertMissing(() => _case.Transformer.GetOutputSchema(data.Schema), "'Id', 'Label'");
        AssertMissing(() => ((ITransformer)_case.Transformer).GetRowToRowMapper(data.Schema), "'Id', 'Label'");
        AssertMissing(() => _case.Transformer.GetOutputSchema(new DataViewSchema.Builder().ToSchema()), "no columns");
    }

    [Test]
    public void Transform_FeaturesOfAnotherType_Throws()
    {
        AssertWrongType(_case.MlContext.Transforms.Conversion.ConvertType("Features", outputKind: DataKind.Double), "Vector<Double, 3>");
        AssertWrongType(_case.MlContext.Transforms.CopyColumns("Features", "Id"), "Int32");
        AssertWrongType(_case.MlContext.Transforms.Conversion.ConvertType("Features", "Id"), "Single");
        AssertWrongType(_case.MlContext.Transforms.Concatenate("Features", "Features", "Features"), "Vector<Single, 6>");

        void AssertWrongType(IEstimator<ITransformer> estimator, string found)
        {
            var data = estimator.Fit(_case.Data).Transform(_case.Data);
            var message = $"The feature column 'Features' is {found}, but the model was trained on Vector<Single, 3>.";

            Assert.That(() => _case.Transformer.Transform(data), Throws.InvalidOperationException.With.Message.EqualTo(message));
            Assert.That(
                () => _case.Transformer.GetOutputSchema(data.Schema), Throws.InvalidOperationException.With.Message.EqualTo(message));
        }
    }

    [Test]
    public void Transform_Null_Throws()
    {
        Assert.That(() => _case.Transformer.Transform(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("input"));
        Assert.That(
            () => _case.Transformer.GetOutputSchema(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("inputSchema"));
        Assert.That(() => ((ITransformer)_case.Transformer).GetRowToRowMapper(null!), Throws.ArgumentNullException);
    }

    [TestCase("Features/Relu_1")]
    [TestCase("the features, scaled")]
    [TestCase("Gesichtszüge 特徴")]
    public void Transform_OddColumnName_ScoresBeforeSavingAndAfterLoading(string name)
    {
        var data = _case.MlContext.Transforms.CopyColumns(name, "Features").Fit(_case.Data).Transform(_case.Data);
        using var transformer = ScoringCase.CreateTransformer(_case.MlContext, _case.Model, data.Schema, name);
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, transformer, data.Schema);
        var expected = Predictions.Bits(_case.Transformer.Transform(_case.Data));

        Assert.That(Predictions.Bits(transformer.Transform(data)), Is.EqualTo(expected));
        Assert.That(Predictions.Bits(loaded.Transform(data)), Is.EqualTo(expected));
    }

    private static void AssertMissing(Action code, string columns) => Assert.That(
        code,
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(
            $"Could not find the feature column 'Features'; the data has {columns}. (Parameter 'schema')"));

    private sealed class SparseExample
    {
        [VectorType(3)]
        public VBuffer<float> Features { get; set; }
    }

    private sealed class MatrixExample
    {
        [VectorType(2, 3)]
        public float[] Features { get; set; } = [];

        [KeyType(4)]
        public uint Label { get; set; }
    }
}
