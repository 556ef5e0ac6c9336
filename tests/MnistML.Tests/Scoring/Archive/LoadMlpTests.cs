using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Model;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Archive;

/// <summary>Networks that come back out of saved models as what they were.</summary>
[NonParallelizable]
public sealed class LoadMlpTests
{
    private static readonly MlpMetadata Metadata = new()
    {
        Version = "9.8.7",
        Options = new Dictionary<string, string> { ["BatchSize"] = "128" },
        History =
        [
            new()
            {
                Epoch = 1,
                TrainLoss = 0.1234567890123,
                TrainAccuracy = 0.9,
                LearningRate = 1e-3,
                Seconds = 0.75,
                RowsPerSecond = 1234.5,
            },
            new()
            {
                Epoch = 2,
                TrainLoss = 1e-300,
                TrainAccuracy = 1,
                ValidationLoss = 0.5,
                ValidationAccuracy = 0.25,
                LearningRate = 0,
                Seconds = 2,
                RowsPerSecond = 1,
            },
        ],
    };

    private ScoringCase _case = null!;
    private MlpTransformer _transformer = null!;

    [OneTimeSetUp]
    public void Create()
    {
        _case = new ScoringCase();
        _transformer = new MlpTransformer(
            (IHostEnvironment)_case.MlContext, _case.Model, Metadata, _case.Data.Schema["Features"], _case.Data.Schema["Label"]);
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _transformer.Dispose();
        _case.Dispose();
    }

    [Test]
    public void LoadMlp_OfASavedNetwork_GivesItBackWhole()
    {
        using var model = SavedModel.SaveAndLoadMlp(_case.MlContext, _transformer, _case.Data.Schema);

        var loaded = MlpTransformer.Find(model)!;
        Assert.That(loaded, Is.SameAs(model), "no chain was saved");
        Assert.That(loaded.Model.Architecture, Is.EqualTo(_case.Model.Architecture));
        Assert.That(Weights(loaded), Is.EqualTo(Weights(_transformer)));
        Assert.That(loaded.History, Is.EqualTo(Metadata.History));
        Assert.That(loaded.ClassNames, Is.EqualTo(new[] { "dog", "ant", "cat", "bee" }));
        Assert.That(loaded.FeatureColumnName, Is.EqualTo("Features"));
        Assert.That(loaded.FeatureColumnType, Is.EqualTo(_transformer.FeatureColumnType));
        Assert.That(Predictions.Bits(model.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_transformer.Transform(_case.Data))));
        Assert.That(
            SchemaText.Of(model.GetOutputSchema(_case.Data.Schema)),
            Is.EqualTo(SchemaText.Of(_transformer.GetOutputSchema(_case.Data.Schema))));
    }

    [Test]
    public void LoadMlp_OfASavedNetwork_HasTheInputSchema()
    {
        using var stream = new MemoryStream(SavedModel.Save(_case.MlContext, _transformer, _case.Data.Schema));

        using var model = (IDisposable)new MLContext().Model.LoadMlp(stream, out var schema);

        Assert.That(SchemaText.Of(schema), Is.EqualTo(SchemaText.Of(_case.Data.Schema)));
    }

    [Test]
    public void LoadMlp_OfWhatItLoaded_GivesTheSame()
    {
        using var once = SavedModel.SaveAndLoadMlp(_case.MlContext, _transformer, _case.Data.Schema);
        using var twice = SavedModel.SaveAndLoadMlp(_case.MlContext, once, _case.Data.Schema);
        using var stock = SavedModel.SaveAndLoad(_case.MlContext, once, _case.Data.Schema);
        using var stockInAChain = new TransformerChain<ITransformer>(stock);
        using var afterStock = SavedModel.SaveAndLoadMlp(_case.MlContext, stockInAChain, _case.Data.Schema);

        foreach (var model in new ITransformer[] { twice, afterStock })
        {
            Assert.That(MlpTransformer.Find(model)!.History, Is.EqualTo(Metadata.History));
            Assert.That(Onnx(MlpTransformer.Find(model)!), Is.EqualTo(Onnx(_transformer)));
            Assert.That(Predictions.Bits(model.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_transformer.Transform(_case.Data))));
        }

        Assert.That(MlpTransformer.Find(stock), Is.Null);
        Assert.That(Predictions.Bits(stock.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_transformer.Transform(_case.Data))));
    }

    [Test]
    public void LoadMlp_OfAChain_KeepsTheOtherStagesAndTheirScopes()
    {
        var transforms = _case.MlContext.Transforms;
        var normalize = transforms.NormalizeMinMax("Features").Fit(_case.Data);
        var normalized = normalize.Transform(_case.Data);
        using var mlp = ScoringCase.CreateTransformer(_case.MlContext, _case.Model, normalized.Schema);
        var toName = transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(mlp.Transform(normalized));
        var chain = new TransformerChain<ITransformer>(
            [normalize, mlp, toName], [TransformerScope.TrainTest, TransformerScope.Everything, TransformerScope.Scoring]);

        using var loaded = SavedModel.SaveAndLoadMlp(_case.MlContext, chain, _case.Data.Schema);

        Assert.That(loaded.Select(stage => stage.GetType()), Is.EqualTo(chain.Select(stage => stage.GetType())));
        foreach (var scope in new[] { TransformerScope.Training, TransformerScope.Testing, TransformerScope.Scoring })
        {
            Assert.That(
                loaded.GetModelFor(scope).Select(stage => stage.GetType()),
                Is.EqualTo(chain.GetModelFor(scope).Select(stage => stage.GetType())),
                $"{scope}");
        }

        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(chain.Transform(_case.Data))));
        Assert.That(
            loaded.Transform(_case.Data).GetColumn<string>("Name"), Is.EqualTo(chain.Transform(_case.Data).GetColumn<string>("Name")));
    }

    [Test]
    public void LoadMlp_OfNetworksInChainsInChains_BringsAllBack()
    {
        var scored = _transformer.Transform(_case.Data);
        using var onScores = ScoringCase.CreateTransformer(
            _case.MlContext, Networks.Random(new MlpArchitecture(4, [2], 4), seed: 8), scored.Schema, features: "Score");
        var inner = new TransformerChain<ITransformer>(_transformer, onScores);
        var copy = _case.MlContext.Transforms.CopyColumns("Copy", "Score").Fit(inner.Transform(_case.Data));
        var chain = new TransformerChain<ITransformer>(new TransformerChain<ITransformer>(inner, copy));

        using var loaded = SavedModel.SaveAndLoadMlp(_case.MlContext, chain, _case.Data.Schema);

        Assert.That(
            SavedModel.Stages(loaded).OfType<MlpTransformer>().Select(Weights),
            Is.EqualTo(new[] { Weights(_transformer), Weights(onScores) }));
        Assert.That(Weights(MlpTransformer.Find(loaded)!), Is.EqualTo(Weights(_transformer)), "the first is found");
        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(chain.Transform(_case.Data))));
        Assert.That(
            SchemaText.Of(loaded.GetOutputSchema(_case.Data.Schema)), Is.EqualTo(SchemaText.Of(chain.GetOutputSchema(_case.Data.Schema))));
    }

    [Test]
    public void LoadMlp_OfOneNetworkTwice_BringsBothBack()
    {
        var chain = new TransformerChain<ITransformer>(_transformer, _transformer);

        using var loaded = SavedModel.SaveAndLoadMlp(_case.MlContext, chain, _case.Data.Schema);

        Assert.That(loaded.OfType<MlpTransformer>().Count(), Is.EqualTo(2));
        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(chain.Transform(_case.Data))));
    }

    [Test]
    public void LoadMlp_OfAModelWithoutNetwork_IsThatOfMlNet()
    {
        var stock = _case.MlContext.MulticlassClassification.Trainers.NaiveBayes().Fit(_case.Data);

        var loaded = SavedModel.SaveAndLoadMlp(_case.MlContext, stock, _case.Data.Schema);

        Assert.That(MlpTransformer.Find(loaded), Is.Null);
        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(stock.Transform(_case.Data))));
    }

    [Test]
    public void LoadMlp_OfAPipelineWithAnExportedNetwork_LeavesItToMlNet()
    {
        using var folder = new TemporaryFolder();
        _transformer.SaveAsOnnx(folder.PathOf("mlp.onnx"));
        using var exported = _case.MlContext.Transforms.ApplyOnnxModel(["Score"], ["Features"], folder.PathOf("mlp.onnx")).Fit(_case.Data);
        using var chain = new TransformerChain<ITransformer>(exported);

        using var loaded = SavedModel.SaveAndLoadMlp(_case.MlContext, chain, _case.Data.Schema);

        Assert.That(MlpTransformer.Find(loaded), Is.Null);
        Assert.That(
            Predictions.Scores(loaded.Transform(_case.Data)),
            Is.EqualTo(Predictions.Scores(_transformer.Transform(_case.Data))).Within(1e-6));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(10)]
    [TestCase(1_000)]
    [TestCase(20_000)]
    [TestCase(100_000)]
    public void LoadMlp_OfAnyNumberOfClasses_GivesTheBitsOfTheLiveAndTheStockModel(int classCount)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", new KeyDataViewType(typeof(uint), classCount));
        var model = Networks.Random(new MlpArchitecture(3, [5], classCount), seed: 3);
        using var transformer = new MlpTransformer(
            (IHostEnvironment)_case.MlContext, model, new MlpMetadata(), _case.Data.Schema["Features"], builder.ToSchema()["Label"]);
        using var loaded = SavedModel.SaveAndLoadMlp(_case.MlContext, transformer, _case.Data.Schema);
        using var stock = SavedModel.SaveAndLoad(_case.MlContext, transformer, _case.Data.Schema);

        var expected = Predictions.Bits(transformer.Transform(_case.Data));

        Assert.That(MlpTransformer.Find(loaded)!.ClassNames, Is.Null);
        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(expected));
        Assert.That(Predictions.Bits(stock.Transform(_case.Data)), Is.EqualTo(expected));
    }

    [Test]
    public void LoadMlp_OfAFileAndOfAStreamThatCannotSeek_GivesTheSame()
    {
        using var folder = new TemporaryFolder();
        var bytes = SavedModel.Save(_case.MlContext, _transformer, _case.Data.Schema);
        var path = folder.Write("model.zip", bytes);
        using var pipe = new BufferedStream(new GZipStream(new MemoryStream(Pack(bytes)), CompressionMode.Decompress));

        using var fromFile = (MlpTransformer)new MLContext().Model.LoadMlp(path, out _);
        using var fromStream = (MlpTransformer)new MLContext().Model.LoadMlp(pipe, out _);

        Assert.That(Predictions.Bits(fromStream.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(fromFile.Transform(_case.Data))));
        Assert.That(() => File.Delete(path), Throws.Nothing, "the file is closed");
    }

    /// <summary>The stream that <c>Save</c> has just written stands at its end.</summary>
    [TestCase(0)]
    [TestCase(4)]
    [TestCase(-1)]
    public void LoadMlp_StreamAtAnyPosition_ReadsTheWholeArchiveAsLoadDoes(int position)
    {
        using var stream = new MemoryStream();
        _case.MlContext.Model.Save(_transformer, _case.Data.Schema, stream);
        stream.Position = position < 0 ? stream.Length : position;

        using var loaded = (MlpTransformer)new MLContext().Model.LoadMlp(stream, out _);

        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_transformer.Transform(_case.Data))));
    }

    [Test]
    public void LoadMlp_ArchiveInsideALargerStream_ReadsItFromThePosition()
    {
        using var stream = new MemoryStream([1, 2, 3, .. SavedModel.Save(_case.MlContext, _transformer, _case.Data.Schema)]);
        stream.Position = 3;

        using var loaded = (MlpTransformer)new MLContext().Model.LoadMlp(stream, out _);

        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_transformer.Transform(_case.Data))));
    }

    [Test]
    public void LoadMlp_NotDisposed_LeavesNoTemporaryFile()
    {
        var bytes = SavedModel.Save(_case.MlContext, new TransformerChain<ITransformer>(_transformer), _case.Data.Schema);
        using var contexts = new TemporaryFolder();
        using var temporary = new PrivateTemporaryPath();
        var mlContext = new MLContext { TempFilePath = contexts.Path };

        var loaded = mlContext.Model.LoadMlp(new MemoryStream(bytes), out _);
        Predictions.Bits(loaded.Transform(_case.Data));

        Assert.That(temporary.Names.Concat(contexts.Names), Is.Empty);
        ((IDisposable)loaded).Dispose();
    }

    [Test]
    public void LoadMlp_ScoredSavedAndDisposed_LeavesNoFile()
    {
        var bytes = SavedModel.Save(_case.MlContext, _transformer, _case.Data.Schema);
        using var contexts = new TemporaryFolder();
        using var temporary = new PrivateTemporaryPath();
        var mlContext = new MLContext { TempFilePath = contexts.Path };

        using (var loaded = (MlpTransformer)mlContext.Model.LoadMlp(new MemoryStream(bytes), out _))
        {
            Predictions.Bits(loaded.Transform(_case.Data));
            mlContext.Model.Save(loaded, _case.Data.Schema, new MemoryStream());
            Assert.That(temporary.Names.Concat(contexts.Names), Is.Empty);
        }

        Assert.That(temporary.Names.Concat(contexts.Names), Is.Empty);
    }

    [Test]
    public void Fit_FromALoadedModel_BeginsWithIt()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, rows: 60);
        var options = new MlpTrainer.Options { HiddenLayers = [4], BatchNormalization = false, MaxEpochs = 3, Seed = 1 };
        using var first = new MlpTrainer(mlContext, options).Fit(data);
        using var loaded = SavedModel.SaveAndLoadMlp(mlContext, first, data.Schema);
        var more = new MlpTrainer(
            mlContext,
            options with
            {
                Optimizer = MlpOptimizer.Sgd(1e-30),
                Schedule = MlpSchedule.Constant,
                FeatureScaling = MlpFeatureScaling.None,
                MaxEpochs = 1,
            });

        using var second = more.Fit(data, validationData: null, MlpTransformer.Find(loaded)!.Model);

        Assert.That(Weights(second), Is.EqualTo(Weights(first)));
    }

    private static byte[] Weights(MlpTransformer transformer)
    {
        using var stream = new MemoryStream();
        transformer.Model.Save(stream);
        return stream.ToArray();
    }

    private static byte[] Onnx(MlpTransformer transformer)
    {
        using var stream = new MemoryStream();
        transformer.SaveAsOnnx(stream);
        return stream.ToArray();
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
