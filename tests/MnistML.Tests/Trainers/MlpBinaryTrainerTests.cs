using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>ML.NET's tools for binary classification on our model, its threshold, its class weights and its warnings.</summary>
internal sealed class MlpBinaryTrainerTests
{
    private const string Label = nameof(TaskRow.Flag);

    private static readonly MlpBinaryTrainer.Options Options = new()
    {
        LabelColumnName = Label,
        HiddenLayers = [16],
        BatchSize = 32,
        MaxEpochs = 30,
        Optimizer = MlpOptimizer.AdamW(0.01),
        Seed = 1,
    };

    private readonly MLContext _mlContext = new(seed: 1);
    private IDataView _data = null!;
    private IDataView _test = null!;
    private MlpTransformer _model = null!;

    private BinaryClassificationCatalog Catalog => _mlContext.BinaryClassification;

    [OneTimeSetUp]
    public void Fit()
    {
        _data = TaskCase.Data(_mlContext, rows: 400);
        _test = TaskCase.Data(_mlContext, rows: 300, seed: 2);
        _model = Catalog.Trainers.Mlp(_mlContext, Options).Fit(_data);
    }

    [OneTimeTearDown]
    public void Dispose() => _model.Dispose();

    [Test]
    public void Evaluate_OfPredictions_CountsAsPlainLoopsDo()
    {
        var scored = _model.Transform(_test);
        var labels = _test.GetColumn<bool>(Label).ToArray();
        var probabilities = scored.GetColumn<float>("Probability").ToArray();

        var metrics = Catalog.Evaluate(scored, Label);

        Assert.That(metrics.Accuracy, Is.GreaterThan(0.9));
        Assert.That(
            metrics.Accuracy, Is.EqualTo(labels.Zip(probabilities, (label, p) => label == p > 0.5f).Count(right => right) / 300.0));
        Assert.That(
            metrics.LogLoss,
            Is.EqualTo(-labels.Zip(probabilities, (label, p) => Math.Log2(label ? p : 1 - (double)p)).Average()).Within(1e-5));
        Assert.That(Catalog.EvaluateNonCalibrated(scored, Label).Accuracy, Is.EqualTo(metrics.Accuracy));
        Assert.That(Catalog.EvaluateNonCalibrated(scored, Label).AreaUnderRocCurve, Is.GreaterThan(0.95));
    }

    [Test]
    public void CrossValidate_OfTheTrainer_GivesAModelForEachFold()
    {
        var trainer = Catalog.Trainers.Mlp(_mlContext, Options);

        var folds = Catalog.CrossValidate(_data, trainer, numberOfFolds: 3, labelColumnName: Label);
        var others = Catalog.CrossValidateNonCalibrated(_data, trainer, numberOfFolds: 3, labelColumnName: Label);

        Assert.That(folds.Select(fold => fold.Metrics.Accuracy), Has.Exactly(3).GreaterThan(0.85));
        Assert.That(others.Select(fold => fold.Metrics.Accuracy), Has.Exactly(3).GreaterThan(0.85));
        Assert.That(folds.Select(fold => MlpTransformer.Find(fold.Model)), Has.All.Not.Null);
    }

    [Test]
    public void PermutationFeatureImportance_OfTheModel_FindsTheFeaturesThatTell()
    {
        var importance = Catalog.PermutationFeatureImportance<MlpModelParameters>(_model, _test, Label);

        Assert.That(importance, Has.Length.EqualTo(TaskCase.FeatureCount));
        Assert.That(importance[1].AreaUnderRocCurve.Mean, Is.LessThan(-0.2), "it makes most of the label");
        Assert.That(importance[3].AreaUnderRocCurve.Mean, Is.GreaterThan(-0.05), "it is noise");
    }

    [Test]
    public void Calibrators_AfterTheModel_CalibrateItsScore()
    {
        var scored = _model.Transform(_test);

        IEstimator<ITransformer>[] calibrators =
        [
            Catalog.Calibrators.Platt(Label, "Score"), Catalog.Calibrators.Isotonic(Label, "Score"),
            Catalog.Calibrators.Naive(Label, "Score"),
        ];
        foreach (var calibrator in calibrators)
        {
            var calibrated = calibrator.Fit(scored).Transform(scored);
            Assert.That(Catalog.Evaluate(calibrated, Label).LogLoss, Is.LessThan(0.6), $"{calibrator}");
        }
    }

    [Test]
    public void PredictionEngine_OfTheModel_GivesWhatTheViewGives()
    {
        var rows = TaskCase.Rows(20, seed: 2);
        using var engine = _mlContext.Model.CreatePredictionEngine<TaskRow, Prediction>(
            _model, new PredictionEngineOptions { OwnsTransformer = false });
        var scored = _model.Transform(_mlContext.Data.LoadFromEnumerable(rows));
        Prediction[] expected = [.. _mlContext.Data.CreateEnumerable<Prediction>(scored, reuseRowObject: false)];

        Assert.That(rows.Select(row => engine.Predict(row) is var p ? (p.PredictedLabel, p.Score, p.Probability) : default),
            Is.EqualTo(expected.Select(p => (p.PredictedLabel, p.Score, p.Probability))));
    }

    [TestCase(1.5f)]
    [TestCase(-2f)]
    [TestCase(float.PositiveInfinity)]
    public void ChangeModelThreshold_OfAModel_IsKeptThroughSavingAndBothWaysOfLoading(float threshold)
    {
        using var changed = Catalog.ChangeModelThreshold(_model, threshold);
        using var restored = SavedModel.SaveAndLoadMlp(_mlContext, changed, _data.Schema);
        using var loaded = SavedModel.SaveAndLoad(_mlContext, changed, _data.Schema);
        var scores = _model.Transform(_test).GetColumn<float>("Score").ToArray();

        Assert.That((changed.Threshold, restored.Threshold), Is.EqualTo(((float?)threshold, (float?)threshold)));
        Assert.That(_model.Threshold, Is.Zero);
        foreach (var model in (ITransformer[])[changed, restored, loaded])
        {
            var scored = model.Transform(_test);
            Assert.That(scored.GetColumn<float>("Score"), Is.EqualTo(scores));
            Assert.That(scored.GetColumn<bool>("PredictedLabel"), Is.EqualTo(scores.Select(score => score > threshold)));
        }

        Assert.That(_model.Transform(_test).GetColumn<bool>("PredictedLabel"), Is.EqualTo(scores.Select(score => score > 0)));
    }

    [TestCase("0.5")]
    [TestCase("1.0000001")]
    [TestCase("Infinity")]
    public void LoadMlp_OfAnotherThresholdThanTheScorers_IsRefused(string altered)
    {
        using var changed = Catalog.ChangeModelThreshold(_model, 1);
        using var saved = new MemoryStream();
        _mlContext.Model.Save(changed, _data.Schema, saved);
        var zip = Zip.Change(saved.ToArray(), "TransformerChain/Transform_000/OnnxModel", entry =>
        {
            var model = ModelProto.Parser.ParseFrom(entry[sizeof(int)..]);
            model.MetadataProps.Single(property => property.Key == OnnxMlpWriter.ThresholdProperty).Value = altered;
            var bytes = model.ToByteArray();
            return [.. BitConverter.GetBytes(bytes.Length), .. bytes];
        });

        Assert.That(
            () => _mlContext.Model.LoadMlp(new MemoryStream(zip), out _),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: its stages do not match its network for Binary."));
    }

    [Test]
    public void ChangeModelThreshold_Twice_HasTheLastOne()
    {
        using var first = Catalog.ChangeModelThreshold(_model, 3);
        using var back = Catalog.ChangeModelThreshold(first, 0);

        Assert.That(back.Threshold, Is.Zero);
        Assert.That(
            back.Transform(_test).GetColumn<bool>("PredictedLabel"), Is.EqualTo(_model.Transform(_test).GetColumn<bool>("PredictedLabel")));
    }

    [Test]
    public void ChangeModelThreshold_OfNaNOrAnotherTask_IsRefused()
    {
        using var regression = _mlContext.Regression.Trainers.Mlp(
            _mlContext, new MlpRegressionTrainer.Options { LabelColumnName = "Number", HiddenLayers = [2], MaxEpochs = 1 }).Fit(_data);

        Assert.That(
            () => Catalog.ChangeModelThreshold(_model, float.NaN),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
                "The threshold is NaN, but must be a number: no score is above NaN, so no row would be true."));
        Assert.That(
            () => Catalog.ChangeModelThreshold(regression, 1),
            Throws.ArgumentException.With.Message.StartsWith(
                "The model is for Regression, but only one for Binary has a threshold; train it by MlpBinaryTrainer."));
    }

    [Test]
    public void ClassWeights_OfTrue_MakeItPredictedMoreOften()
    {
        var hard = _mlContext.Data.LoadFromEnumerable(TaskCase.Rows(400).Select((row, i) =>
        {
            row.Flag = i % 5 == 0; // One of five, whatever the features are.
            return row;
        }).ToArray());

        Assert.That(MeanProbability(MlpClassWeights.None), Is.EqualTo(0.2).Within(0.05));
        Assert.That(MeanProbability(MlpClassWeights.Balanced), Is.EqualTo(0.5).Within(0.05));
        Assert.That(MeanProbability(MlpClassWeights.Explicit(1, 4)), Is.EqualTo(0.5).Within(0.05), "as balanced");
        Assert.That(MeanProbability(MlpClassWeights.Explicit(4, 1)), Is.EqualTo(1 / 17.0).Within(0.04));

        double MeanProbability(MlpClassWeights weights)
        {
            var options = Options with { ClassWeights = weights, HiddenLayers = [], MaxEpochs = 60, Optimizer = MlpOptimizer.AdamW(0.05) };
            using var model = Catalog.Trainers.Mlp(_mlContext, options).Fit(hard);
            return model.Transform(hard).GetColumn<float>("Probability").Average();
        }
    }

    [Test]
    public void ClassWeights_OfThreeClasses_AreRefused() => Assert.That(
        () => Catalog.Trainers.Mlp(_mlContext, Options with { ClassWeights = MlpClassWeights.Explicit(1, 2, 3) }).Fit(_data),
        Throws.ArgumentException.With.Message.EqualTo("ClassWeights has 3 weights, but the label has 2 classes; give one for each."));

    [Test]
    public void Fit_OfAConstantLabel_Warns()
    {
        var messages = new List<string>();
        var mlContext = new MLContext();
        mlContext.Log += (_, log) => messages.Add(log.Message);
        var rows = TaskCase.Rows(20);
        Array.ForEach(rows, row => row.Flag = true);

        using var model = mlContext.BinaryClassification.Trainers.Mlp(mlContext, Options with { MaxEpochs = 1 })
            .Fit(mlContext.Data.LoadFromEnumerable(rows));

        Assert.That(messages, Has.Exactly(1).Contains(
            "All 20 rows of the training data have one class of the 2 that the label column 'Flag' may hold: "
            + "is that column read correctly?"));
    }

    [Test]
    public void Options_OutOfTheirRanges_AreAllNamed() => Assert.That(
        () => new MlpBinaryTrainer(_mlContext, Options with { LabelSmoothing = 1, BatchSize = 0, LabelColumnName = "" }),
        Throws.ArgumentException
            .With.Message.Contains("LabelSmoothing is 1, but must be below 1.")
            .And.Message.Contains("BatchSize is 0, but must be at least 1.")
            .And.Message.Contains("LabelColumnName is missing"));

    /// <summary>One logit learns what two do: the difference of two logits.</summary>
    [Test]
    public void Fit_OfOneLogit_IsAsAccurateAsTwo()
    {
        var keyed = _mlContext.Transforms.Conversion.MapValueToKey("Class", Label).Fit(_data);
        var two = new MlpTrainer.Options
        {
            LabelColumnName = "Class",
            HiddenLayers = Options.HiddenLayers,
            BatchSize = Options.BatchSize,
            MaxEpochs = Options.MaxEpochs,
            Optimizer = Options.Optimizer,
            Seed = 1,
        };
        using var multiclass = _mlContext.MulticlassClassification.Trainers.Mlp(_mlContext, two).Fit(keyed.Transform(_data));

        var ofTwo = _mlContext.MulticlassClassification.Evaluate(multiclass.Transform(keyed.Transform(_test)), "Class").MicroAccuracy;

        Assert.That(Catalog.Evaluate(_model.Transform(_test), Label).Accuracy, Is.EqualTo(ofTwo).Within(0.03));
    }

    private sealed class Prediction
    {
        public bool PredictedLabel { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }
    }
}
