using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.OnnxExport;

/// <summary>
/// Whole pipelines as ONNX files, run by a program that references ONNX Runtime alone, beside ML.NET: a thousand rows, with missing values,
/// unseen categories and empty texts.
/// </summary>
internal sealed class WholePipelineTests
{
    private const int RowCount = 1_000;

    private static readonly Passenger[] Rows = Passenger.Test(RowCount);

    private readonly MLContext _mlContext = new(seed: 1);
    private TemporaryFolder _folder = null!;

    private IDataView Data => _mlContext.Data.LoadFromEnumerable(Rows);

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCaseSource(typeof(PassengerPipeline), nameof(PassengerPipeline.All))]
    public void SaveAsOnnx_RunByOnnxRuntimeAlone_GivesMlNetsResults(string pipeline)
    {
        var model = PassengerPipeline.Fit(_mlContext, pipeline);
        var path = _folder.PathOf("pipeline.onnx");

        var report = _mlContext.Model.SaveAsOnnx(model, Data, path);

        var result = Host.Run("MnistML.OnnxHost", _folder.Path, [path], Passenger.ToJson(report.Inputs, Rows));
        Assert.That(result.Error, Is.Empty);
        foreach (var (output, line) in report.Outputs.Zip(result.OutputLines))
        {
            Assert.That(line, Does.StartWith($"{output.Name} "));
            var found = JsonSerializer.Deserialize<JsonElement[]>(line[output.Name.Length..])!.Select(Read).ToArray();
            PipelineResults.AssertAlike(
                found, PipelineResults.OfMlNet(_mlContext, model, Data, output.ColumnName), output.ColumnName);
        }

        Assert.That(report.Rows, Is.EqualTo(RowCount));
        Assert.That(report.MaxDeviation, Is.LessThan(1e-5));
        var assemblies = result.OutputLines[^1].Split(' ').Except(["MnistML.OnnxHost"]).ToArray();
        Assert.That(assemblies, Has.Some.EqualTo("Microsoft.ML.OnnxRuntime"));
        Assert.That(assemblies, Has.None.StartsWith("MnistML").And.None.EqualTo("Microsoft.ML.Core"));
    }

    [TestCase(PassengerPipeline.Plans, "Age, Income, Distance, Visits, City, Note, IsMember, Sizes", "PredictedLabel, Score")]
    [TestCase(PassengerPipeline.Zones, "Age, Income, City", "PredictedLabel, Score")]
    [TestCase(PassengerPipeline.Churn, "Age, Income, City", "PredictedLabel, Score, Probability")]
    [TestCase(PassengerPipeline.Spend, "Age, Income, City", "Score")]
    public void SaveAsOnnx_OfAPipeline_HasTheRawColumnsThatItsOutputsDependOn(string pipeline, string inputs, string outputs)
    {
        using var stream = new MemoryStream();

        var report = _mlContext.Model.SaveAsOnnx(PassengerPipeline.Fit(_mlContext, pipeline), Data, stream);

        Assert.That(string.Join(", ", report.Inputs), Is.EqualTo(inputs));
        Assert.That(string.Join(", ", report.Outputs.Select(output => output.Name)), Is.EqualTo(outputs));
    }

    /// <summary>Predictions are as text, though the pipeline ends with keys; a label that can't be told is empty.</summary>
    [Test]
    public void SaveAsOnnx_OfKeys_GivesWhatTheyStandFor()
    {
        var run = Export(PassengerPipeline.Fit(_mlContext, PassengerPipeline.HashedCities));
        var gaps = Export(PassengerPipeline.Fit(_mlContext, PassengerPipeline.Gaps));
        var zones = Export(PassengerPipeline.Fit(_mlContext, PassengerPipeline.Zones));

        Assert.That(run.Texts("PredictedLabel").Distinct(), Is.SubsetOf(new[] { "basic", "plus", "pro" }));
        Assert.That(
            gaps.Texts("PredictedLabel").Select(label => label.Length == 0), Is.EqualTo(Rows.Select(row => float.IsNaN(row.Age))));
        Assert.That(zones.Numbers<int>("PredictedLabel").Distinct(), Is.SubsetOf(new[] { 10, 20, 30 }));
    }

    /// <summary>ML.NET's Load gives stock stages alone, and forgets that word bags hold single words too.</summary>
    [Test]
    public void SaveAsOnnx_OfAModelThatWasLoaded_GivesTheSameResults([Values] bool byLoadMlp)
    {
        var model = PassengerPipeline.Fit(_mlContext, PassengerPipeline.Plans);
        _mlContext.Model.Save(model, Data.Schema, _folder.PathOf("model.zip"));
        var loaded = byLoadMlp
            ? _mlContext.Model.LoadMlp(_folder.PathOf("model.zip"), out _)
            : _mlContext.Model.Load(_folder.PathOf("model.zip"), out _);
        using var owner = (IDisposable)loaded;

        var (ofFitted, ofLoaded) = (Export(model), Export(loaded));

        Assert.That(ofLoaded.Report.Inputs, Is.EqualTo(ofFitted.Report.Inputs));
        Assert.That(ofLoaded.Texts("PredictedLabel"), Is.EqualTo(ofFitted.Texts("PredictedLabel")));
        Assert.That(ofLoaded.Numbers<float>("Score"), Is.EqualTo(ofFitted.Numbers<float>("Score")));
        Assert.That(loaded.Transform(Data).GetColumn<string>("PredictedLabel").Count(), Is.EqualTo(RowCount), "the model is still usable");
    }

    [Test]
    public void SaveAsOnnx_OfTwoTasksInOneChain_HasAllThatIsVisible()
    {
        var pipeline = _mlContext.Transforms.Concatenate("Features", "Income", "Sizes")
            .Append(_mlContext.Transforms.Conversion.MapValueToKey("Plan"))
            .Append(_mlContext.MulticlassClassification.Trainers.Mlp(
                _mlContext, PassengerPipeline.Small with { LabelColumnName = "Plan" }))
            .Append(_mlContext.Transforms.CopyColumns("Chances", "Score"))
            .Append(_mlContext.Transforms.Concatenate("More", "Features", "Chances"))
            .Append(_mlContext.Regression.Trainers.Mlp(_mlContext, new MlpRegressionTrainer.Options
            {
                LabelColumnName = "Spend",
                FeatureColumnName = "More",
                MaxEpochs = 2,
                Seed = 1,
            }));
        var model = pipeline.Fit(_mlContext.Data.LoadFromEnumerable(Passenger.Train(400)));

        var run = Export(model);

        Assert.That(run.Report.Outputs.Select(output => output.Name), Is.EqualTo(["PredictedLabel", "Score", "Chances", "More"]));
        PipelineResults.AssertAlike(
            [.. run.Numbers<float>("Score").Select(PipelineResults.Normalize)],
            PipelineResults.OfMlNet(_mlContext, model, Data, "Score"),
            "Score");
        PipelineResults.AssertAlike(
            [.. run.Numbers<float>("Chances").Select(PipelineResults.Normalize)],
            PipelineResults.OfMlNet(_mlContext, model, Data, "Chances"),
            "Chances");
    }

    [Test]
    public void SaveAsOnnx_WithOutputColumns_HasThoseAndTheirInputsAlone()
    {
        var model = PassengerPipeline.Fit(_mlContext, PassengerPipeline.Plans);

        var run = Export(model, new MlpOnnxExportOptions { OutputColumns = ["Place", "Age"] });

        Assert.That(run.Report.Inputs, Is.EqualTo(["Age", "City"]));
        Assert.That(run.Report.Outputs.Select(output => output.Name), Is.EqualTo(["Place", "Age.output"]));
        PipelineResults.AssertAlike(
            [.. run.Numbers<float>("Age.output").Select(PipelineResults.Normalize)],
            PipelineResults.OfMlNet(_mlContext, model, Data, "Age"),
            "Age");
    }

    private OnnxPipelineRun Export(ITransformer model, MlpOnnxExportOptions? options = null) =>
        new(_mlContext, model, Rows, options);

    private static object Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Number => value.GetDouble(),
        _ => value.GetString() is "NaN" ? double.NaN : value.GetString()!,
    };
}
