using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

public sealed class MlpTransformerScoreTests
{
    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void Transform_AnyActivation_ScoresAreTheSoftmaxOfThePlainNetwork([Values] MlpActivation activation)
    {
        using var scoring = new ScoringCase(activation);

        var scores = Predictions.Scores(scoring.Transformer.Transform(scoring.Data));

        Assert.That(scores, Has.Count.EqualTo(7));
        foreach (var (row, actual) in scoring.Rows.Zip(scores))
        {
            Assert.That(actual, Is.EqualTo(PlainNetwork.Probabilities(scoring.Model, row.Features)).Within(1e-6));
        }
    }

    [Test]
    public void Transform_AnyClassCount_ScoresAreTheSoftmaxOfThePlainNetwork([Values(1, 2, 3, 10)] int classCount)
    {
        var mlContext = new MLContext(seed: 1);
        var classes = Enumerable.Range(0, classCount).Select(number => new Number { Class = number });
        var source = mlContext.Data.LoadFromEnumerable(
            Example.Seven().Select(row => new NumberedExample { Class = row.Id % classCount, Features = row.Features }));
        var data = mlContext.Transforms.Conversion
            .MapValueToKey("Label", "Class", keyData: mlContext.Data.LoadFromEnumerable(classes))
            .Fit(source).Transform(source);
        var model = Networks.Random(new MlpArchitecture(3, [5], classCount), seed: 9);
        using var transformer = ScoringCase.CreateTransformer(mlContext, model, data.Schema);

        var scores = Predictions.Scores(transformer.Transform(data));

        foreach (var (row, actual) in Example.Seven().Zip(scores))
        {
            Assert.That(actual, Is.EqualTo(PlainNetwork.Probabilities(model, row.Features)).Within(1e-6));
        }
    }

    [Test]
    public void Transform_PredictedLabel_IsTheMostProbableClass()
    {
        var view = _case.Transformer.Transform(_case.Data);
        var names = _case.MlContext.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(view).Transform(view);

        int[] expected = [.. _case.Rows.Select(row => ArgMax(PlainNetwork.Logits(_case.Model, row.Features)))];

        Assert.That(expected.Distinct().Count(), Is.GreaterThan(1), "the rows tell the classes apart");
        Assert.That(Predictions.Keys(view), Is.EqualTo(expected.Select(index => (uint)index + 1)));
        Assert.That(
            names.GetColumn<string>("Name"), Is.EqualTo(expected.Select(index => new[] { "dog", "ant", "cat", "bee" }[index])));
    }

    [Test]
    public void Transform_FeatureIsNaN_ScoresAreNaNLikeStockOnes()
    {
        var row = new Example { Features = [1, float.NaN, 2], Class = "dog" };
        var data = _case.MlContext.Data.LoadFromEnumerable([row]);

        var view = _case.Transformer.Transform(data);

        Assert.That(Predictions.Scores(view).Single(), Is.All.NaN);
        Assert.That(Predictions.Keys(view).Single(), Is.Zero);
    }

    [Test]
    public void Properties_Transformer_TellWhatItWasMadeOf()
    {
        Assert.That(_case.Transformer.Model, Is.SameAs(_case.Model));
        Assert.That(_case.Transformer.History, Is.Empty);
        Assert.That(_case.Transformer.FeatureColumnName, Is.EqualTo("Features"));
        Assert.That(_case.Transformer.FeatureColumnType.ToString(), Is.EqualTo("Vector<Single, 3>"));
        Assert.That(((ITransformer)_case.Transformer).IsRowToRowMapper, Is.True);
    }

    private static int ArgMax(double[] values) => Array.IndexOf(values, values.Max());

    private sealed class Number
    {
        public int Class { get; set; }
    }

    private sealed class NumberedExample
    {
        public int Class { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }
}
