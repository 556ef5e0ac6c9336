using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>The commands that take a saved model, with one that was trained on the real MNIST, against the library's own answers.</summary>
[NeedsRealMnist]
internal sealed class RealMnistConsoleTests
{
    private const int RowCount = 200;

    private readonly MLContext _mlContext = new(seed: 1);
    private TemporaryFolder _folder = null!;
    private string _work = "";
    private ITransformer _model = null!;
    private IDataView _test = null!;

    [OneTimeSetUp]
    public void TrainAModel()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        var trained = Run("train", "--hidden", "32", "--epochs", "1", "--seed", "1", "--data", DataFolder, "--out", "m.zip");
        Assert.That((trained.ExitCode, trained.Error), Is.EqualTo((0, "")));
        _model = _mlContext.Model.Load(Path.Combine(_work, "m.zip"), out _);
        _test = _mlContext.Data.LoadFromIdx(RealMnist.Files.TestImages, RealMnist.Files.TestLabels);
    }

    [OneTimeTearDown]
    public void DeleteFolder()
    {
        (_model as IDisposable)?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Evaluate_OfTheModel_PrintsWhatTheLibraryFinds()
    {
        var result = Run("evaluate", "--model", "m.zip", "--data", DataFolder);

        var metrics = _mlContext.MulticlassClassification.Evaluate(_model.Transform(_test));
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.9));
        Assert.That(
            result.OutputLines,
            Has.Some.EqualTo(string.Create(CultureInfo.InvariantCulture, $"Test accuracy: {metrics.MicroAccuracy:F4}")));
        Assert.That(
            result.OutputLines, Has.Some.StartsWith(string.Create(CultureInfo.InvariantCulture, $"Log-loss: {metrics.LogLoss:F4} ")));
    }

    [Test]
    public void Export_OfTheModel_GivesItsLabelsInOnnxRuntime()
    {
        var result = Run("export", "--model", "m.zip", "--out", "m.onnx");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        var rows = _mlContext.Data.TakeRows(_test, RowCount);
        using var session = new InferenceSession(Path.Combine(_work, "m.onnx"));
        var features = new DenseTensor<float>(rows.GetColumn<float[]>("Features").SelectMany(row => row).ToArray(), [RowCount, 784]);
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("Features", features)]);
        Assert.That(
            outputs.Single(output => output.Name == "PredictedLabel").AsTensor<long>(),
            Is.EqualTo(Predictions.Keys(_model.Transform(rows)).Select(key => (long)key - 1)));
    }

    /// <summary>The command computes softmax and loss from the weights; the scores are ONNX Runtime's.</summary>
    [Test]
    public void Explain_OfATestImage_AgreesWithItsScores()
    {
        var result = Run("explain", "--model", "m.zip", "--data", DataFolder, "--index", "0");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        var first = _mlContext.Data.TakeRows(_test, 1);
        var label = (int)first.GetColumn<uint>("Label").Single() - 1;
        var scores = Predictions.Scores(_model.Transform(first)).Single();
        Assert.That(result.OutputLines, Has.Some.EqualTo($"Test image 0, label {label}"));
        var table = result.OutputLines.SkipWhile(line => !line.StartsWith("class", StringComparison.Ordinal)).Skip(1).Take(10)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.That(table.Select(row => row[0]), Is.EqualTo(Enumerable.Range(0, 10).Select(digit => $"{digit}")));
        Assert.That(table.Select(row => Number(row[4])), Is.EqualTo(scores.Select(score => (double)score)).Within(HalfADigit));
        Assert.That(table.Single(row => row.Length > 5)[0], Is.EqualTo($"{label}"));
        Assert.That(
            Number(result.OutputLines.Single(line => line.StartsWith("Loss: ", StringComparison.Ordinal)).Split(" = ")[^1]),
            Is.EqualTo(-Math.Log(scores[label])).Within(HalfADigit));

        // Logits are fixed by the scores but for one constant.
        var logits = table.Select(row => Number(row[1])).ToArray();
        Assert.That(
            logits.Select(logit => logit - logits[label]),
            Is.EqualTo(scores.Select(score => Math.Log(score) - Math.Log(scores[label]))).Within(1e-3));
    }

    [Test]
    public void Predict_OfAPicture_GivesThreeClassesInOrder()
    {
        _folder.Write("work/one.png", Drawn.Text("1"));

        var result = Run("predict", "--model", "m.zip", "one.png");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Has.Length.EqualTo(1).And.All.Match(@"^one\.png: (\d \(\d+\.\d %\)(, |; not sure: |$)){3}"));
        var shares = result.OutputLines[0].Split('(')[1..].Select(part => Number(part.Split(' ')[0])).ToArray();
        Assert.That(shares, Is.Ordered.Descending.And.All.InRange(0, 100));
    }

    /// <summary>What is shown with four digits is off by half of the last, and a rounding more.</summary>
    private const double HalfADigit = 0.6e-4;

    private static string DataFolder => Path.GetDirectoryName(RealMnist.Files.TrainImages)!;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private HostResult Run(params string[] arguments) => Host.Run("MnistML.Console", _work, arguments);
}
