using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

/// <summary>The exported ONNX model in ONNX Runtime. Another reader of it is in <c>Interop</c>.</summary>
public sealed class SaveAsOnnxTests
{
    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [TestCase(1)]
    [TestCase(7)]
    public void SaveAsOnnx_OfAnyNumberOfRows_GivesProbabilitiesAndZeroBasedLabels(int rowCount)
    {
        var rows = _case.Rows.Take(rowCount).ToArray();
        using var session = new InferenceSession(Export(_case.Transformer));
        var features = new DenseTensor<float>(rows.SelectMany(row => row.Features).ToArray(), [rowCount, 3]);

        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("Features", features)]);

        var scores = outputs.Single(output => output.Name == "Score").AsTensor<float>();
        var labels = outputs.Single(output => output.Name == "PredictedLabel").AsTensor<long>();
        Assert.That(scores.Dimensions.ToArray(), Is.EqualTo(new[] { rowCount, 4 }));
        Assert.That(labels.Dimensions.ToArray(), Is.EqualTo(new[] { rowCount }));
        Assert.That(
            scores.ToArray(),
            Is.EqualTo(Predictions.Scores(_case.Transformer.Transform(_case.Data)).Take(rowCount).SelectMany(row => row)).Within(1e-6));
        Assert.That(
            labels, Is.EqualTo(Predictions.Keys(_case.Transformer.Transform(_case.Data)).Take(rowCount).Select(key => (long)key - 1)));
    }

    [Test]
    public void SaveAsOnnx_OfAModel_NamesItsDimensionsAndTypes()
    {
        using var session = new InferenceSession(Export(_case.Transformer));

        Assert.That(session.InputMetadata.Select(Describe), Is.EqualTo(new[] { "Features Single [rows, 3]" }));
        Assert.That(
            session.OutputMetadata.Select(Describe), Is.EquivalentTo(new[] { "PredictedLabel Int64 [rows]", "Score Single [rows, 4]" }));
        Assert.That(session.ModelMetadata.ProducerName, Is.EqualTo("MnistML"));

        static string Describe(KeyValuePair<string, NodeMetadata> value)
        {
            var sizes = value.Value.Dimensions.Zip(value.Value.SymbolicDimensions, (size, name) => name.Length > 0 ? name : $"{size}");
            return $"{value.Key} {value.Value.ElementType.Name} [{string.Join(", ", sizes)}]";
        }
    }

    [TestCase("Score", "Score.output", "PredictedLabel")]
    [TestCase("PredictedLabel", "Score", "PredictedLabel.output")]
    public void SaveAsOnnx_OfFeaturesNamedAsAnOutput_NamesTheOutputOtherwise(string features, string score, string label)
    {
        var data = _case.MlContext.Transforms.CopyColumns(features, "Features").Fit(_case.Data).Transform(_case.Data);
        using var transformer = ScoringCase.CreateTransformer(_case.MlContext, _case.Model, data.Schema, features);

        using var session = new InferenceSession(Export(transformer));

        Assert.That(session.InputNames, Is.EqualTo(new[] { features }));
        Assert.That(session.OutputNames, Is.EquivalentTo(new[] { score, label }));
    }

    [Test]
    public void SaveAsOnnx_OfTheSameTraining_GivesTheSameBytesWithoutTimesOrPaths()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Train(folder.PathOf("first.checkpoint")), Train(folder.PathOf("second.checkpoint")));
        using var session = new InferenceSession(first);
        var metadata = session.ModelMetadata.CustomMetadataMap;

        Assert.That(second, Is.EqualTo(first));
        Assert.That(
            metadata.Keys,
            Is.EquivalentTo(
                new[]
                {
                    "mnistml.activation", "mnistml.version", "mnistml.options", "mnistml.libraries", "mnistml.training_rows",
                    "mnistml.final_metrics", "mnistml.card",
                }));
        Assert.That(metadata["mnistml.version"], Does.Match(@"^\d+\.\d+\.\d+"));
        Assert.That(
            string.Join(' ', metadata.Values), Does.Not.Contain(folder.Path).And.Not.Contain("checkpoint").And.Not.Contain("econds"));
        var options = JsonSerializer.Deserialize<Dictionary<string, string>>(metadata["mnistml.options"])!;
        Assert.That(options["HiddenLayers"], Is.EqualTo("[4]"));
        Assert.That(options["Seed"], Is.EqualTo("5"));
        Assert.That(options["Optimizer"], Does.StartWith("AdamOptions { ").And.Contain("IsDecoupled = True"));
        var metrics = JsonSerializer.Deserialize<Dictionary<string, double?>>(metadata["mnistml.final_metrics"])!;
        Assert.That(metrics["epoch"], Is.EqualTo(3));
        Assert.That(metrics["train_loss"], Is.GreaterThan(0));
    }

    [Test]
    public void SaveAsOnnx_OfNamedClasses_NamesThem()
    {
        using var session = new InferenceSession(Export(_case.Transformer));

        Assert.That(session.ModelMetadata.CustomMetadataMap["mnistml.class_names"], Is.EqualTo("""["dog","ant","cat","bee"]"""));
    }

    [Test]
    public void SaveAsOnnx_ToAPath_ReplacesTheFileWholeOrNotAtAll()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("mlp.onnx", [1, 2, 3]);

        _case.Transformer.SaveAsOnnx(path);

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(Export(_case.Transformer)));
        Assert.That(folder.Names, Is.EqualTo(new[] { "mlp.onnx" }));
        Assert.That(() => _case.Transformer.SaveAsOnnx(folder.PathOf("missing/mlp.onnx")), Throws.TypeOf<DirectoryNotFoundException>());
    }

    [Test]
    public void SaveAsOnnx_ToNoPath_NamesTheArgument()
    {
        Assert.That(
            () => _case.Transformer.SaveAsOnnx((string)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("path"));
        Assert.That(() => _case.Transformer.SaveAsOnnx(""), Throws.ArgumentException.With.Property("ParamName").EqualTo("path"));
    }

    private static byte[] Export(MlpTransformer transformer)
    {
        using var stream = new MemoryStream();
        transformer.SaveAsOnnx(stream);
        return stream.ToArray();
    }

    private static byte[] Train(string checkpointPath)
    {
        var mlContext = new MLContext();
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 3, Seed = 5, CheckpointPath = checkpointPath };
        using var model = new MlpTrainer(mlContext, options).Fit(Tables.Clusters(mlContext, rows: 60));
        return Export(model);
    }
}
