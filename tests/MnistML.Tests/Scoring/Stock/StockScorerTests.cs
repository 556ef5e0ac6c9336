using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Scoring.Stock;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Stock;

/// <summary>The scorers of one output pass it on as it is, bit for bit.</summary>
internal sealed class StockScorerTests
{
    private static readonly float[] Outputs =
        [0, -0f, 1, -1, 0.1f, 1e-30f, float.Epsilon, -87.5f, 104, 3e38f, -3e38f, 16_777_217, 1 / 3f, -0.0001f];

    private static readonly MLContext MlContext = new();

    [Test]
    public void Fit_OfBinary_PassesTheLogitOnAndGivesItsSigmoid()
    {
        var scored = Fit(MlpTask.Binary, BooleanDataViewType.Instance).Transformer.Transform(Inputs());

        Assert.That(scored.GetColumn<float>("Score"), Is.EqualTo(Outputs));
        Assert.That(scored.GetColumn<bool>("PredictedLabel"), Is.EqualTo(Outputs.Select(output => output > 0)));
        Assert.That(
            scored.GetColumn<float>("Probability"),
            Is.EqualTo(Outputs.Select(output => 1 / (1 + Math.Exp(-(double)output)))).Within(3e-8));
    }

    [Test]
    public void Fit_OfRegression_PassesTheOutputOn() => Assert.That(
        Fit(MlpTask.Regression, NumberDataViewType.Single).Transformer.Transform(Inputs()).GetColumn<float>("Score"),
        Is.EqualTo(Outputs));

    [Test]
    public void TryRead_OfAFittedScorer_IsThatScorer([Values(MlpTask.Binary, MlpTask.Regression)] MlpTask task)
    {
        var scorer = Fit(task, task == MlpTask.Binary ? BooleanDataViewType.Instance : NumberDataViewType.Single);

        var read = StockScorer.TryRead(scorer.Transformer)!;

        Assert.That((read.Task, read.Input.Name), Is.EqualTo((task, "z")));
    }

    [Test]
    public void TryRead_OfAnotherStage_IsNull() => Assert.That(
        StockScorer.TryRead(MlContext.Transforms.CopyColumns("Copy", "z").Fit(Inputs())), Is.Null);

    [Test]
    public void TryRead_OfScorersOfOtherWeights_SaysWhatWasExpected()
    {
        var data = TaskCase.Data(MlContext, rows: 50);
        var version = typeof(MLContext).Assembly.GetName().Version;
        var start = $"This version of Microsoft.ML ({version}) can't carry the network's scores: its ";

        Assert.That(
            () => StockScorer.TryRead(MlContext.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(data)),
            Throws.TypeOf<NotSupportedException>().With.Message.StartsWith(
                $"{start}LbfgsLogisticRegression trainer should give a weight of 1, a bias of 0 and the calibrator sigmoid(x) on x = 1 "
                + "and x = -1, but the weights are "));
        Assert.That(
            () => StockScorer.TryRead(MlContext.Regression.Trainers.OnlineGradientDescent("Number").Fit(data)),
            Throws.TypeOf<NotSupportedException>().With.Message.StartsWith(
                $"{start}OnlineGradientDescent trainer should give a weight of 1 and a bias of 0 on x = 1 and x = -1, but the weights are ")
                .And.Message.EndsWith("Reference Microsoft.ML 5.0.1, with which MnistML is tested."));
    }

    private static StockScorer Fit(MlpTask task, DataViewType labelType)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", labelType);
        return StockScorer.Fit(task, "z", builder.ToSchema()[0]);
    }

    private static IDataView Inputs() =>
        MlContext.Data.LoadFromEnumerable(Outputs.Select(output => new Row { Values = [output] }).ToArray());

    private sealed class Row
    {
        [ColumnName("z"), VectorType(1)]
        public float[] Values { get; set; } = [];
    }
}
