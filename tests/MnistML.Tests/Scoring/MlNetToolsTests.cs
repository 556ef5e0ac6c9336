using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

/// <summary>ML.NET's own tools on a trained network, live and loaded.</summary>
public sealed class MlNetToolsTests
{
    private static readonly MlpTrainer.Options Options = new()
    {
        HiddenLayers = [8],
        BatchSize = 32,
        MaxEpochs = 40,
        Optimizer = MlpOptimizer.AdamW(0.02),
        Seed = 1,
    };
    private static readonly string[] Names = ["ant", "bee", "cat"];

    private readonly MLContext _mlContext = new(seed: 1);
    private IDataView _data = null!;
    private TransformerChain<MlpTransformer> _model = null!;

    private EstimatorChain<MlpTransformer> Pipeline => _mlContext.Transforms.Conversion.MapValueToKey("Label", "Animal")
        .Append(_mlContext.MulticlassClassification.Trainers.Mlp(_mlContext, Options));

    [OneTimeSetUp]
    public void Fit()
    {
        var random = new Random(4);
        _data = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 240).Select(row => Animal.Draw(row % 3, random)).ToArray());
        _model = Pipeline.Fit(_data);
    }

    [OneTimeTearDown]
    public void Dispose() => _model.Dispose();

    [Test]
    public void Evaluate_WithTopK_CountsAsPlainLoopsDo()
    {
        var scored = _model.Transform(_data);
        var labels = scored.GetColumn<uint>("Label").Select(key => (int)key - 1);
        var ranks = Predictions.Scores(scored).Zip(labels, (scores, label) => scores.Count(score => score > scores[label])).ToArray();

        var metrics = _mlContext.MulticlassClassification.Evaluate(scored, topKPredictionCount: 2);

        Assert.That(metrics.TopKAccuracy, Is.EqualTo(ranks.Count(rank => rank < 2) / 240.0).Within(1e-12));
        Assert.That(metrics.TopKAccuracyForAllK[0], Is.EqualTo(ranks.Count(rank => rank == 0) / 240.0).Within(1e-12));
        Assert.That(metrics.MicroAccuracy, Is.EqualTo(metrics.TopKAccuracyForAllK[0]).Within(1e-12));
    }

    [Test]
    public void Evaluate_OfNamedClasses_NamesThemInTheConfusionMatrix()
    {
        var metrics = _mlContext.MulticlassClassification.Evaluate(_model.Transform(_data));

        var table = metrics.ConfusionMatrix.GetFormattedConfusionTable();
        Assert.That(Names.Where(name => !table.Contains(name, StringComparison.Ordinal)), Is.Empty);
        Assert.That(metrics.ConfusionMatrix.Counts.Sum(row => row.Sum()), Is.EqualTo(240));
    }

    [Test]
    public void PermutationFeatureImportance_OfANetwork_FindsTheFeatureThatTells()
    {
        var transformed = _model.Transform(_data);

        var importance = _mlContext.MulticlassClassification.PermutationFeatureImportance(
            _model.LastTransformer, transformed, permutationCount: 3);

        Assert.That(importance, Has.Length.EqualTo(2));
        Assert.That(importance[0].MicroAccuracy.Mean, Is.LessThan(-0.2), "the first feature makes the classes");
        Assert.That(importance[1].MicroAccuracy.Mean, Is.GreaterThan(-0.05), "the second is noise");
    }

    [Test]
    public void CrossValidate_OfThePipeline_GivesAModelForEachFold()
    {
        var folds = _mlContext.MulticlassClassification.CrossValidate(_data, Pipeline, numberOfFolds: 3);

        Assert.That(folds.Select(fold => fold.Metrics.MicroAccuracy), Has.Exactly(3).GreaterThan(0.8));
        Assert.That(folds.Select(fold => MlpTransformer.Find(fold.Model)), Has.All.Not.Null);
    }

    [Test]
    public void LastTransformer_OfTheChain_IsTheNetworkThatFindFinds() =>
        Assert.That(MlpTransformer.Find(_model), Is.SameAs(_model.LastTransformer));

    [Test]
    public void Threshold_OfEachTask_IsTheOneThatWasSet([Values] MlpTask task)
    {
        using var model = TaskCase.Trainer(_mlContext, new TaskCase(task).Small).Fit(TaskCase.Data(_mlContext, rows: 20));

        Assert.That(model.Threshold, Is.EqualTo(task == MlpTask.Binary ? 0f : (float?)null));
        if (task == MlpTask.Binary)
        {
            using var changed = _mlContext.BinaryClassification.ChangeModelThreshold(model, 0.5f);
            Assert.That(changed.Threshold, Is.EqualTo(0.5f));
        }
    }

    [Test]
    public void Members_OfNull_NameTheArgument()
    {
        var network = MlpTransformer.Find(_model)!;

        Assert.That(() => network.GetOutputSchema(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("inputSchema"));
        Assert.That(() => network.SaveAsOnnx((Stream)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("stream"));
    }

    [Test]
    public void Find_OfAModelWithoutNetwork_IsNull() =>
        Assert.That(MlpTransformer.Find(_mlContext.Transforms.CopyColumns("Copy", "Animal").Fit(_data)), Is.Null);

    [Test]
    public void Append_AfterTheNetwork_ReadsItsColumns()
    {
        var longer = _model.Append(_mlContext.Transforms.Conversion.MapKeyToValue("Guess", "PredictedLabel").Fit(_model.Transform(_data)));

        var guesses = longer.Transform(_data).GetColumn<string>("Guess").ToArray();

        Assert.That(
            guesses.Zip(_data.GetColumn<string>("Animal"), (guess, animal) => guess == animal).Count(right => right), Is.GreaterThan(200));
    }

    [Test]
    public void Preview_OfPredictions_ShowsTheirColumns()
    {
        var preview = _model.Transform(_data).Preview(maxRows: 5);

        Assert.That(preview.RowView, Has.Length.EqualTo(5));
        Assert.That(preview.ColumnView.Select(column => column.Column.Name), Does.Contain("PredictedLabel").And.Contain("Score"));
    }

    [Test]
    public void Cache_OfPredictions_HoldsTheSameBits() =>
        Assert.That(
            Predictions.Bits(_mlContext.Data.Cache(_model.Transform(_data), "PredictedLabel", "Score")),
            Is.EqualTo(Predictions.Bits(_model.Transform(_data))));

    [Test]
    public void Pipeline_OfTwoNetworks_FeedsTheSecondFromTheFirst()
    {
        var second = _mlContext.MulticlassClassification.Trainers.Mlp(
            _mlContext, Options with { FeatureColumnName = "Score" });
        using var model = Pipeline.Append(second).Fit(_data);
        using var loaded = SavedModel.SaveAndLoadMlp<ITransformer>(_mlContext, model, _data.Schema) as TransformerChain<ITransformer>;

        var metrics = _mlContext.MulticlassClassification.Evaluate(model.Transform(_data));

        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.8));
        Assert.That(Predictions.Bits(loaded!.Transform(_data)), Is.EqualTo(Predictions.Bits(model.Transform(_data))));
    }

    private sealed class Animal
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [ColumnName("Animal")]
        public string Kind { get; set; } = "";

        public static Animal Draw(int kind, Random random) => new()
        {
            Features = [(2 * kind) + (1.8f * random.NextSingle()), random.NextSingle()],
            Kind = Names[kind],
        };
    }
}
