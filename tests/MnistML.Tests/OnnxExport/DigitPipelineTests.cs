using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.OnnxExport;

/// <summary>Digits from IDX files, as a whole pipeline in ONNX, and as a stage of another pipeline.</summary>
internal sealed class DigitPipelineTests
{
    private const int RowCount = 1_000;

    private readonly MLContext _mlContext = new(seed: 1);
    private TemporaryFolder _folder = null!;
    private IDataView _test = null!;
    private ITransformer _model = null!;
    private string _path = null!;
    private MlpOnnxExportReport _report = null!;

    [OneTimeSetUp]
    public void TrainAndExport()
    {
        _folder = new TemporaryFolder();
        var files = SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_000, testCount: RowCount, seed: 1);
        var train = _mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        _test = _mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);
        _model = _mlContext.Transforms.NormalizeMinMax("Features")
            .Append(_mlContext.MulticlassClassification.Trainers.Mlp(
                _mlContext, MlpRecipes.Fast with { HiddenLayers = [32], MaxEpochs = 2, Seed = 1 }))
            .Append(_mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(train);
        _path = _folder.PathOf("digits.onnx");
        _report = _mlContext.Model.SaveAsOnnx(_model, _test, _path);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        (_model as IDisposable)?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void SaveAsOnnx_OfDigits_GivesMlNetsResults()
    {
        using var session = new InferenceSession(_path);
        var pixels = _test.GetColumn<float[]>("Features").SelectMany(row => row).ToArray();
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(pixels, [RowCount, 784]))]);

        var scored = _model.Transform(_test);
        Assert.That(_report.Inputs, Is.EqualTo(["Features"]));
        Assert.That(
            results.Single(result => result.Name == "PredictedLabel").AsEnumerable<uint>(),
            Is.EqualTo(scored.GetColumn<uint>("PredictedLabel")));
        Assert.That(
            results.Single(result => result.Name == "Score").AsEnumerable<float>(),
            Is.EqualTo(scored.GetColumn<float[]>("Score").SelectMany(row => row)).Within(1e-5));
    }

    /// <summary>A model holds an exported pipeline as a stage of ML.NET, and both ways of loading take it for that.</summary>
    [Test]
    public void LoadMlp_OfAPipelineWithAnExportedOne_LeavesItAStage()
    {
        var outer = _mlContext.Transforms.ApplyOnnxModel(["Score"], ["Features"], _path).Fit(_test);
        var zip = _folder.PathOf("outer.zip");
        _mlContext.Model.Save(outer, _test.Schema, zip);

        var loaded = _mlContext.Model.LoadMlp(zip, out _);
        using var owner = loaded as IDisposable;

        Assert.That(MlpTransformer.Find(loaded), Is.Null);
        var scores = loaded.Transform(_mlContext.Data.TakeRows(_test, 5)).GetColumn<float[]>("Score");
        Assert.That(scores, Is.EqualTo(_model.Transform(_test).GetColumn<float[]>("Score").Take(5)).Within(1e-5));
    }

    [Test]
    public void SaveAsOnnx_OfTheSameModel_WritesTheSameBytes()
    {
        _mlContext.Model.SaveAsOnnx(_model, _test, _folder.PathOf("again.onnx"));

        Assert.That(File.ReadAllBytes(_folder.PathOf("again.onnx")), Is.EqualTo(File.ReadAllBytes(_path)));
    }
}
