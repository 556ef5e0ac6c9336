using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

/// <summary>One row at a time: prediction engines, and the row mapper that they use.</summary>
public sealed class MlpTransformerRowTests
{
    private ScoringCase _case = null!;
    private IRowToRowMapper _mapper = null!;

    [OneTimeSetUp]
    public void Create()
    {
        _case = new ScoringCase();
        _mapper = ((ITransformer)_case.Transformer).GetRowToRowMapper(_case.Data.Schema);
    }

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void PredictionEngine_EachRow_GivesTheBitsOfTransform()
    {
        using var engine = _case.MlContext.Model.CreatePredictionEngine<Example, Prediction>(_case.Transformer, new PredictionEngineOptions
        {
            OwnsTransformer = false,
        });

        var predictions = _case.Rows.Select(row => engine.Predict(row)).Select(row => Predictions.Bits(row.PredictedLabel, row.Score));

        Assert.That(predictions, Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }

    [Test]
    public void PredictionEngine_LoadedModel_GivesTheBitsOfTransform()
    {
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, _case.Transformer, _case.Data.Schema);
        using var engine = _case.MlContext.Model.CreatePredictionEngine<Example, Prediction>(loaded, new PredictionEngineOptions
        {
            OwnsTransformer = false,
        });

        var predictions = _case.Rows.Select(row => engine.Predict(row)).Select(row => Predictions.Bits(row.PredictedLabel, row.Score));

        Assert.That(predictions, Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }

    [TestCase("Score", new[] { "Features" })]
    [TestCase("PredictedLabel", new[] { "Features" })]
    [TestCase("Id", new[] { "Id" })]
    public void GetDependencies_OneColumn_AreWhatItIsMadeOf(string column, string[] expected) => Assert.That(
        _mapper.GetDependencies([_mapper.OutputSchema[column]]).Select(dependency => dependency.Name), Is.EqualTo(expected));

    [Test]
    public void GetDependencies_SeveralColumns_AreEachNamedOnce()
    {
        var columns = new[] { "Label", "Score", "Features", "PredictedLabel" }.Select(name => _mapper.OutputSchema[name]);

        Assert.That(
            _mapper.GetDependencies(columns).Select(dependency => dependency.Name), Is.EquivalentTo(new[] { "Features", "Label" }));
        Assert.That(_mapper.GetDependencies([]), Is.Empty);
    }

    [Test]
    public void Schemas_Mapper_AreThoseOfTheTransformer()
    {
        Assert.That(_mapper.InputSchema, Is.SameAs(_case.Data.Schema));
        Assert.That(SchemaText.Of(_mapper.OutputSchema), Is.EqualTo(SchemaText.Of(_case.Transformer.GetOutputSchema(_case.Data.Schema))));
    }

    [Test]
    public void GetRow_CursorAsInput_FollowsIt()
    {
        var score = _mapper.OutputSchema["Score"];
        using var input = _case.Data.GetRowCursor(_mapper.GetDependencies([score]));
        using var row = _mapper.GetRow(input, [score]);
        var getScore = row.GetGetter<VBuffer<float>>(score);
        VBuffer<float> scores = default;

        foreach (var example in _case.Rows)
        {
            Assert.That(input.MoveNext(), Is.True);
            getScore(ref scores);
            Assert.That(scores.DenseValues(), Is.EqualTo(PlainNetwork.Probabilities(_case.Model, example.Features)).Within(1e-6));
            Assert.That(row.Position, Is.EqualTo(example.Id));
        }
    }

    private sealed class Prediction
    {
        [KeyType(4)]
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
