using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>Text that FeaturizeText makes sparse features of, from training to files, for each task.</summary>
internal sealed class SparseTextTests
{
    private const int Topics = 3;
    private const int WordsOfTopic = 60;
    private const int CommonWords = 3_000;
    private const int WordsOfText = 25;

    private readonly MLContext _mlContext = new(seed: 1);
    private IDataView _train = null!;
    private IDataView _test = null!;

    [OneTimeSetUp]
    public void Prepare()
    {
        var texts = _mlContext.Data.LoadFromEnumerable(Texts(400, seed: 1));
        var pipeline = _mlContext.Transforms.Conversion.MapValueToKey("Label", nameof(Text.Topic))
            .Append(_mlContext.Transforms.Text.FeaturizeText("Features", nameof(Text.Words)))
            .Fit(texts);
        _train = pipeline.Transform(texts);
        _test = pipeline.Transform(_mlContext.Data.LoadFromEnumerable([.. Texts(150, seed: 2), new Text { Words = "", Topic = "0" }]));
    }

    [Test]
    public void Fit_OfText_IsSparseAndLearnsTheTopics()
    {
        using var model = new MlpTrainer(_mlContext, new MlpTrainer.Options { MaxEpochs = 5 }).Fit(_train);

        Assert.That(FeatureCount, Is.GreaterThan(1_000));
        Assert.That(OptionOf(model, "SparseFeatures"), Is.EqualTo("True"));
        Assert.That(OptionOf(model, "FeatureScaling"), Is.EqualTo(nameof(MlpFeatureScaling.MaxAbsAboveOne)));
        Assert.That(_mlContext.MulticlassClassification.Evaluate(model.Transform(_test)).MicroAccuracy, Is.GreaterThan(0.9));
    }

    /// <summary>One network and an ensemble, with hidden layers and without.</summary>
    [Test]
    public void Scores_LiveAndLoaded_HaveTheSameBits([Values("16,8", "16", "")] string hidden, [Values(1, 3)] int members)
    {
        var options = Small with
        {
            HiddenLayers = [.. hidden.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)],
            Members = members,
        };
        using var model = new MlpTrainer(_mlContext, options).Fit(_train);
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("model.zip");
        _mlContext.Model.Save(model, _train.Schema, path);

        var live = Scores(model, _test);
        using var loaded = (MlpTransformer)_mlContext.Model.LoadMlp(path, out _);
        var stock = _mlContext.Model.Load(path, out _);

        Assert.That(Scores(loaded, _test), Is.EqualTo(live));
        Assert.That(Scores(stock, _test), Is.EqualTo(live).Within(1e-6));
        Assert.That(ScoresRowByRow(loaded, _test), Is.EqualTo(live));
        Assert.That(loaded.Model.ComputeHash(), Is.EqualTo(model.Model.ComputeHash()));
    }

    [Test]
    public void Scores_OfRowsWithTheirZeros_HaveTheSameBits()
    {
        using var model = new MlpTrainer(_mlContext, Small).Fit(_train);

        // A cache keeps sparse rows sparse; an array has all features.
        var schema = SchemaDefinition.Create(typeof(DenseRow));
        schema[nameof(DenseRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        var dense = _mlContext.Data.LoadFromEnumerable(
            _test.GetColumn<float[]>("Features").Select(features => new DenseRow { Features = features }).ToArray(), schema);

        Assert.That(Scores(model, dense), Is.EqualTo(Scores(model, _test)));
    }

    /// <summary>The exported model has a dense first layer, as other engines compute it.</summary>
    [Test]
    public void SaveAsOnnx_OfASparseModel_ComputesTheScores()
    {
        using var model = new MlpTrainer(_mlContext, Small).Fit(_train);
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("model.onnx");
        model.SaveAsOnnx(path);

        var scores = _mlContext.Transforms.ApplyOnnxModel("Score", "Features", path).Fit(_test).Transform(_test);

        Assert.That(scores.GetColumn<float[]>("Score"), Is.EqualTo(Scores(model, _test)).Within(1e-6));
    }

    [Test]
    public void Fit_OfTwoClasses_IsSparseToo()
    {
        var data = _mlContext.Transforms.Expression("Flag", "t => t == \"0\"", nameof(Text.Topic)).Fit(_train).Transform(_train);
        using var model = new MlpBinaryTrainer(
            _mlContext, new MlpBinaryTrainer.Options { LabelColumnName = "Flag", HiddenLayers = [8], MaxEpochs = 5, Seed = 1 }).Fit(data);

        Assert.That(OptionOf(model, "SparseFeatures"), Is.EqualTo("True"));
        Assert.That(_mlContext.BinaryClassification.Evaluate(model.Transform(data), "Flag").Accuracy, Is.GreaterThan(0.9));
    }

    [Test]
    public void Fit_OfNumbers_IsSparseToo()
    {
        using var model = new MlpRegressionTrainer(
            _mlContext,
            new MlpRegressionTrainer.Options { LabelColumnName = nameof(Text.Number), HiddenLayers = [8], MaxEpochs = 20, Seed = 1 })
            .Fit(_train);

        Assert.That(OptionOf(model, "SparseFeatures"), Is.EqualTo("True"));
        Assert.That(
            _mlContext.Regression.Evaluate(model.Transform(_train), nameof(Text.Number)).RSquared, Is.GreaterThan(0.8));
    }

    /// <summary>A training that goes on with the model begins with what it knows.</summary>
    [Test]
    public void Fit_FromASparseModel_GoesOn()
    {
        var options = Small with { BatchNormalization = false, MaxEpochs = 8 };
        using var first = new MlpTrainer(_mlContext, options).Fit(_train);
        using var second = new MlpTrainer(_mlContext, options with { MaxEpochs = 1, Optimizer = MlpOptimizer.Sgd(1e-6) })
            .Fit(_train, validationData: null, first);

        var loss = _mlContext.MulticlassClassification.Evaluate(first.Transform(_train)).LogLoss;
        Assert.That(second.History[0].TrainLoss, Is.EqualTo(loss).Within(1e-3));
        Assert.That(second.History[0].TrainLoss, Is.LessThan(first.History[0].TrainLoss * 0.7));
    }

    [Test]
    public void Fit_OfSparseFeaturesFromAModelThatEncodesThem_IsRefused()
    {
        var data = TaskCase.Data(_mlContext, rows: 100);
        var options = Small with { LabelColumnName = nameof(TaskRow.Key), FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(4) };
        using var encoded = new MlpTrainer(_mlContext, options).Fit(data);
        var sparse = new MlpTrainer(_mlContext, options with { FeatureEncoding = MlpFeatureEncoding.Auto, SparseFeatures = true });

        Assert.That(
            () => sparse.Fit(data, validationData: null, initialModel: encoded.Model),
            Throws.ArgumentException.With.Message.Contains("SparseFeatures is true, but the initial model encodes its features"));
    }

    [Test]
    public void Fit_FromACheckpoint_GivesTheBitsOfOneTraining()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { MaxEpochs = 4, Schedule = MlpSchedule.Constant, CheckpointPath = folder.PathOf("training.checkpoint") };
        using var half = new MlpTrainer(_mlContext, options with { MaxEpochs = 2 }).Fit(_train);
        using var resumed = new MlpTrainer(_mlContext, options).Fit(_train);
        using var whole = new MlpTrainer(_mlContext, options with { CheckpointPath = null }).Fit(_train);

        Assert.That(resumed.Model.ComputeHash(), Is.EqualTo(whole.Model.ComputeHash()));
    }

    /// <summary>A first layer of more than a million weights: in the file each takes two bytes, and is what it was.</summary>
    [Test]
    public void Save_OfALargeFirstLayer_TakesTwoBytesAWeight()
    {
        var width = (1 << 20) / FeatureCount + 1;
        using var model = new MlpTrainer(_mlContext, Small with { HiddenLayers = [width], MaxEpochs = 1 }).Fit(_train);
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("model.zip");
        _mlContext.Model.Save(model, _train.Schema, path);

        using var loaded = (MlpTransformer)_mlContext.Model.LoadMlp(path, out _);

        var weights = (long)width * FeatureCount;
        Assert.That(model.Model.Layers[0].Weights.ToArray(), Is.All.Matches<float>(weight => (float)(Half)weight == weight));
        Assert.That(new FileInfo(path).Length, Is.LessThan(2.5 * weights));
        Assert.That(loaded.Model.ComputeHash(), Is.EqualTo(model.Model.ComputeHash()));
        Assert.That(Scores(loaded, _test), Is.EqualTo(Scores(model, _test)));
        Assert.That(Scores(_mlContext.Model.Load(path, out _), _test), Is.EqualTo(Scores(model, _test)).Within(1e-6));
    }

    /// <summary>A number in the millions among the words has weights that float16 does not hold: rounded, they would be 0.</summary>
    [Test]
    public void Fit_OfWordsAndALargeNumber_KeepsTheWeightsOfTheNumber()
    {
        var data = _mlContext.Transforms.CustomMapping<Text, Large>((text, large) => large.Value = [text.Number * 1e6f], contractName: null)
            .Append(_mlContext.Transforms.Concatenate("Both", "Features", nameof(Large.Value)))
            .Fit(_train).Transform(_train);
        var width = ((1 << 20) / FeatureCount) + 1;
        using var model = new MlpTrainer(_mlContext, Small with { FeatureColumnName = "Both", HiddenLayers = [width] }).Fit(data);

        var layer = model.Model.Layers[0];
        var ofNumber = Enumerable.Range(0, width).Select(unit => layer.Weights.Span[((unit + 1) * layer.Shape.InputSize) - 1]).ToArray();
        Assert.That(OptionOf(model, "SparseFeatures"), Is.EqualTo("True"));
        Assert.That(ofNumber, Has.None.Zero.And.All.Matches<float>(weight => Math.Abs(weight) < 6e-5));
    }

    [Test]
    public void Options_OfSparseFeaturesBesideWhatMakesZerosSomethingElse_AreRefused() => Assert.That(
        () => new MlpTrainer(_mlContext, Small with { SparseFeatures = true, InputNoise = 0.1 }),
        Throws.ArgumentException.With.Message.Contains("SparseFeatures is true, but InputNoise makes zeros something else"));

    private static MlpTrainer.Options Small => new() { HiddenLayers = [16, 8], MaxEpochs = 3, Seed = 1 };

    private int FeatureCount => ((VectorDataViewType)_train.Schema["Features"].Type).Size;

    private static string OptionOf(MlpTransformer model, string name)
    {
        using var stream = new MemoryStream();
        model.SaveAsOnnx(stream);
        var metadata = global::MnistML.Onnx.ModelProto.Parser.ParseFrom(stream.ToArray()).MetadataProps;
        var options = metadata.Single(entry => entry.Key == "mnistml.options");
        return System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(options.Value)![name];
    }

    private static float[][] Scores(ITransformer model, IDataView data) =>
        [.. model.Transform(data).GetColumn<float[]>("Score")];

    /// <summary>As a prediction engine reads: one row after the other through a row mapper.</summary>
    private static float[][] ScoresRowByRow(ITransformer model, IDataView data)
    {
        var mapper = model.GetRowToRowMapper(data.Schema);
        using var cursor = data.GetRowCursor(data.Schema);
        using var row = mapper.GetRow(cursor, mapper.OutputSchema);
        var getScore = row.GetGetter<VBuffer<float>>(mapper.OutputSchema["Score"]);
        var scores = new List<float[]>();
        VBuffer<float> score = default;
        while (cursor.MoveNext())
        {
            getScore(ref score);
            scores.Add([.. score.DenseValues()]);
        }

        return [.. scores];
    }

    private static IEnumerable<Text> Texts(int count, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var topic = random.Next(Topics);
                var words = Enumerable.Range(0, WordsOfText).Select(_ => random.NextDouble() < 0.4
                    ? $"t{topic}w{random.Next(WordsOfTopic)}"
                    : $"common{random.Next(CommonWords)}");
                return new Text { Words = string.Join(' ', words), Topic = $"{topic}", Number = topic * 10 };
            }),
        ];
    }

    private sealed class Text
    {
        public string Words { get; init; } = "";

        public string Topic { get; init; } = "";

        public float Number { get; init; }
    }

    private sealed class Large
    {
        [VectorType(1)]
        public float[] Value { get; set; } = [];
    }

    private sealed class DenseRow
    {
        public float[] Features { get; init; } = [];
    }
}
