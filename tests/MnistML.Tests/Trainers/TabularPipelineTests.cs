using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>The trainer in a pipeline of ML.NET's own parts, over a table with text labels.</summary>
internal sealed class TabularPipelineTests
{
    private static readonly string[] Species = ["ash", "birch", "cedar"];

    private MLContext _mlContext = null!;
    private IDataView _data = null!;

    [SetUp]
    public void MakeTable()
    {
        _mlContext = new MLContext(seed: 1);
        var random = new Random(3);
        _data = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 120).Select(i => new Leaf
        {
            Length = 100 + (50 * (i % 3)) + (20 * random.NextSingle()),
            Width = 0.01f * ((i % 3 == 1 ? 3 : 1) + random.NextSingle()),
            Species = Species[i % 3],
        }).ToArray());
    }

    [Test]
    public void Pipeline_OfStockParts_FitsAndEvaluates()
    {
        var metrics = _mlContext.MulticlassClassification.Evaluate(CreatePipeline().Fit(_data).Transform(_data), topKPredictionCount: 2);

        Assert.That(metrics.MicroAccuracy, Is.EqualTo(1));
        Assert.That(metrics.TopKAccuracy, Is.EqualTo(1));
        Assert.That(metrics.LogLoss, Is.LessThan(0.1));
        Assert.That(metrics.ConfusionMatrix.NumberOfClasses, Is.EqualTo(3));
    }

    [Test]
    public void CrossValidate_OfThePipeline_ScoresEachFold()
    {
        var folds = _mlContext.MulticlassClassification.CrossValidate(_data, CreatePipeline(), numberOfFolds: 4, labelColumnName: "Label");

        Assert.That(folds, Has.Count.EqualTo(4));
        Assert.That(folds.Select(fold => fold.Metrics.MicroAccuracy), Is.All.GreaterThan(0.95));
    }

    [Test]
    public void Save_ThenLoad_PredictsTheSameNames()
    {
        using var folder = new TemporaryFolder();
        var model = CreatePipeline().Fit(_data);
        _mlContext.Model.Save(model, _data.Schema, folder.PathOf("leaves.zip"));

        var loaded = new MLContext().Model.Load(folder.PathOf("leaves.zip"), out _);

        var predicted = loaded.Transform(_data).GetColumn<string>("PredictedSpecies").ToArray();
        Assert.That(predicted, Is.EqualTo(_data.GetColumn<string>("Species")));
        Assert.That(loaded.Transform(_data).GetColumn<float[]>("Score"), Is.EqualTo(model.Transform(_data).GetColumn<float[]>("Score")));
        Assert.That(loaded.GetOutputSchema(_data.Schema).Select(column => $"{column.Name} {column.Type}"),
            Is.EqualTo(model.GetOutputSchema(_data.Schema).Select(column => $"{column.Name} {column.Type}")));
    }

    [Test]
    public void PredictionEngine_OfTheFittedPipeline_NamesTheClass()
    {
        var engine = _mlContext.Model.CreatePredictionEngine<Leaf, LeafPrediction>(CreatePipeline().Fit(_data));

        var prediction = engine.Predict(new Leaf { Length = 160, Width = 0.035f });

        Assert.That(prediction.PredictedSpecies, Is.EqualTo("birch"));
        Assert.That(prediction.Score, Has.Length.EqualTo(3));
        Assert.That(prediction.Score.Sum(), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void LastTransformer_OfTheFittedPipeline_IsTheNetwork()
    {
        var chain = _mlContext.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(_mlContext.Transforms.Concatenate("Features", "Length"))
            .Append(new MlpTrainer(_mlContext, new MlpTrainer.Options { MaxEpochs = 1 }));

        using var model = chain.Fit(_data);

        Assert.That(model.LastTransformer.Model.Architecture.ToString(), Is.EqualTo("1(16)-128-128-3 x 8"));
        Assert.That(model.LastTransformer.FeatureColumnName, Is.EqualTo("Features"));
    }

    private IEstimator<ITransformer> CreatePipeline() => _mlContext.Transforms.Conversion.MapValueToKey("Label", "Species")
        .Append(_mlContext.Transforms.Concatenate("Features", "Length", "Width"))
        .Append(_mlContext.Transforms.NormalizeMinMax("Features"))
        .Append(_mlContext.MulticlassClassification.Trainers.Mlp(_mlContext))
        .Append(_mlContext.Transforms.Conversion.MapKeyToValue("PredictedSpecies", "PredictedLabel"));

    private sealed class Leaf
    {
        public float Length { get; set; }

        public float Width { get; set; }

        public string Species { get; set; } = "";
    }

    private sealed class LeafPrediction
    {
        public string PredictedSpecies { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
