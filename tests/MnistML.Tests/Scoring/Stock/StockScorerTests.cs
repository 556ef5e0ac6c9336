using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Scoring.Stock;

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
    public void TryRead_OfAFittedScorer_IsThatScorer([Values] MlpTask task)
    {
        var scorer = Fit(task, task switch
        {
            MlpTask.Binary => BooleanDataViewType.Instance,
            MlpTask.Regression => NumberDataViewType.Single,
            _ => new KeyDataViewType(typeof(uint), 3),
        });

        var read = StockScorer.TryRead(scorer.Transformer)!;

        Assert.That((read.Task, read.Input.Name), Is.EqualTo((task, "z")));
    }

    [Test]
    public void TryRead_OfAnotherStage_IsNull() => Assert.That(
        StockScorer.TryRead(MlContext.Transforms.CopyColumns("Copy", "z").Fit(Inputs())), Is.Null);

    [Test]
    public void TryRead_OfALogisticRegressionOfAnotherWeight_SaysWhatWasExpected()
    {
        var scorer = MlContext.BinaryClassification.Trainers
            .LbfgsLogisticRegression("Flag", "z")
            .Fit(MlContext.Data.LoadFromEnumerable([new Row { Values = [2], Flag = true }, new Row { Values = [-2], Flag = false }]));
        var linear = scorer.Model.SubModel;

        Assert.That(linear.Weights, Is.Not.EqualTo(new float[] { 1 }));
        Assert.That(
            () => StockScorer.TryRead(scorer),
            Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(MessageOf(
                "LbfgsLogisticRegression",
                "a weight of 1, a bias of 0 and the calibrator sigmoid(x) on x = 1 and x = -1",
                FormattableString.Invariant(
                    $"the weights are {linear.Weights[0]}, the bias {linear.Bias}, the calibrator's slope -1 and its offset 0"))));
    }

    [Test]
    public void TryRead_OfALinearRegressionOfAnotherBias_SaysWhatWasExpected()
    {
        // From 0, a step of half the error on x = 1 and a label of 2 gives a weight of 1 and a bias of 1.
        var scorer = MlContext.Regression.Trainers
            .OnlineGradientDescent("Number", "z", learningRate: 0.25f, decreaseLearningRate: false, l2Regularization: 0)
            .Fit(MlContext.Data.LoadFromEnumerable([new Row { Values = [1], Number = 2 }]));

        Assert.That(
            () => StockScorer.TryRead(scorer),
            Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(MessageOf(
                "OnlineGradientDescent",
                "a weight of 1 and a bias of 0 on x = 1 and x = -1",
                "the weights are 1 and the bias is 1")));
    }

    [TestCase(0f)]
    [TestCase(-1.5f)]
    [TestCase(3e38f)]
    public void WithThreshold_OfABinaryScorer_HasThatThresholdAndNoOther(float threshold)
    {
        var scorer = BinaryScorer.WithThreshold(Fit(MlpTask.Binary, BooleanDataViewType.Instance).Transformer, threshold);

        Assert.That(
            scorer.Transform(Inputs()).GetColumn<bool>("PredictedLabel"), Is.EqualTo(Outputs.Select(output => output > threshold)));
        Assert.That(BinaryScorer.HasThreshold(scorer, threshold), Is.True);
        Assert.That(BinaryScorer.HasThreshold(scorer, MathF.BitIncrement(threshold)), Is.False);
        Assert.That(BinaryScorer.HasThreshold(scorer, MathF.BitDecrement(threshold)), Is.False);
    }

    private static string MessageOf(string trainer, string expected, string found) =>
        $"This version of Microsoft.ML ({typeof(MLContext).Assembly.GetName().Version}) can't carry the network's scores: its {trainer} "
        + $"trainer should give {expected}, but {found}. Reference Microsoft.ML 5.0.1, with which MnistML is tested.";

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

        public bool Flag { get; set; }

        public float Number { get; set; }
    }
}
