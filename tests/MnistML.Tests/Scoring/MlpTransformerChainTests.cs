using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

public sealed class MlpTransformerChainTests
{
    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void SaveAndLoad_StockTransformsAround_GivesTheSameRows()
    {
        var transforms = _case.MlContext.Transforms;
        var normalize = transforms.NormalizeMinMax("Features").Fit(_case.Data);
        var normalized = normalize.Transform(_case.Data);
        using var mlp = ScoringCase.CreateTransformer(_case.MlContext, _case.Model, normalized.Schema);
        var toName = transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(mlp.Transform(normalized));
        var chain = new TransformerChain<ITransformer>(normalize, mlp, toName);
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, chain, _case.Data.Schema);

        var (before, after) = (chain.Transform(_case.Data), loaded.Transform(_case.Data));

        Assert.That(SchemaText.Of(after.Schema), Is.EqualTo(SchemaText.Of(before.Schema)));
        Assert.That(Predictions.Bits(after), Is.EqualTo(Predictions.Bits(before)));
        Assert.That(after.GetColumn<string>("Name"), Is.EqualTo(before.GetColumn<string>("Name")));
        Assert.That(before.GetColumn<string>("Name"), Is.All.AnyOf("dog", "ant", "cat", "bee"));
        Assert.That(SavedModel.Stages(loaded).Select(stage => stage.GetType().Assembly), Has.None.EqualTo(typeof(MlpTransformer).Assembly));
    }

    [Test]
    public void SaveAndLoad_TwoNetworksInAChain_GivesTheSameRows()
    {
        var second = Networks.Random(new MlpArchitecture(4, [2], 4), seed: 8);
        var scored = _case.Transformer.Transform(_case.Data);
        using var onScores = ScoringCase.CreateTransformer(_case.MlContext, second, scored.Schema, features: "Score");
        var chain = new TransformerChain<ITransformer>(_case.Transformer, onScores);
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, chain, _case.Data.Schema);

        var (before, after) = (chain.Transform(_case.Data), loaded.Transform(_case.Data));

        foreach (var (features, actual) in Predictions.Scores(scored).Zip(Predictions.Scores(before)))
        {
            Assert.That(actual, Is.EqualTo(PlainNetwork.Probabilities(second, features)).Within(1e-6));
        }

        Assert.That(before.Schema.Count(column => column.Name == "Score"), Is.EqualTo(2));
        Assert.That(before.Schema.Select(column => column.Name), Has.None.StartsWith("Logits"));
        Assert.That(SchemaText.Of(after.Schema), Is.EqualTo(SchemaText.Of(before.Schema)));
        Assert.That(Predictions.Bits(after), Is.EqualTo(Predictions.Bits(before)));
    }

    [Test]
    public void Evaluate_Predictions_CountsTheRowsThatPlainLoopsGetRight()
    {
        var view = _case.Transformer.Transform(_case.Data);
        string[] names = ["dog", "ant", "cat", "bee"];
        var right = _case.Rows.Count(row =>
        {
            var probabilities = PlainNetwork.Probabilities(_case.Model, row.Features);
            return names[Array.IndexOf(probabilities, probabilities.Max())] == row.Class;
        });
        var logLoss = _case.Rows.Average(
            row => -Math.Log(PlainNetwork.Probabilities(_case.Model, row.Features)[Array.IndexOf(names, row.Class)]));

        var metrics = _case.MlContext.MulticlassClassification.Evaluate(view);

        Assert.That(metrics.MicroAccuracy, Is.EqualTo(right / 7.0).Within(1e-9));
        Assert.That(metrics.LogLoss, Is.EqualTo(logLoss).Within(1e-6));
    }
}
