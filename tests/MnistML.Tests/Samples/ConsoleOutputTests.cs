using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>What commands write where nobody looks at a terminal, line by line; figures that vary are written as #.</summary>
internal sealed partial class ConsoleOutputTests
{
    private TemporaryFolder _folder = null!;
    private string _work = "";
    private HostResult _train = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
        _train = Run(
            "train", "--data", "../digits", "--recipe", "classic", "--hidden", "20", "--epochs", "2", "--seed", "1", "--validation", "0.2",
            "--json", "m.json");
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_Redirected_WritesPlainLines()
    {
        Assert.That((_train.ExitCode, _train.Error), Is.EqualTo((0, "")));
        Assert.That(Normalise(_train), Is.EqualTo([
            "Data: digits, 1,500 training and 200 test images, from ../digits",
            "Network: 784-20-10, 15,910 parameters; Normal(0.01) weights; SGD(learning rate 0.2), batches of 256, "
            + "20 % set aside to validate",
            "",
            "  Layer               Weights   Parameters",
            "────────────────────────────────────────────",
            "  Linear + Relu      20 × 784       15,700",
            "  Linear + Softmax    10 × 20          210",
            "",
            "Computing in single (single was asked for), on up to # threads",
            "Epoch #/#, Loss: #, Validation loss: #, accuracy: #, # s",
            "Epoch #/#, Loss: #, Validation loss: #, accuracy: #, # s",
            .. Summary,
            "Model: mnistml-out/model.zip",
            "Figures: m.json",
            "",
            "Next:",
            $"  {Advice.Command(_work, "evaluate --model mnistml-out/model.zip")}",
            $"  {Advice.Command(_work, "export --model mnistml-out/model.zip --out mnistml-out/model.onnx")}",
        ]));
    }

    [Test]
    public void Evaluate_Redirected_WritesTheSameSummaryAsTrain()
    {
        var evaluate = Run("evaluate", "--data", "../digits");

        Assert.That((evaluate.ExitCode, evaluate.Error), Is.EqualTo((0, "")));
        Assert.That(Normalise(evaluate), Is.EqualTo([
            "Data: digits, 1,500 training and 200 test images, from ../digits",
            .. Summary,
            "  Task             multiclass classification",
            "  Architecture     784-20-10, 15,910 parameters",
            "  Activation       Relu",
            "  Classes          10: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
            "  Features         784",
            "  Seed             1",
            "  Training rows    1,200",
            "  Validation rows  300",
            "",
            "Model: mnistml-out/model.zip",
            "Confusion matrix: mnistml-out/confusion.png",
            "",
            "Next:",
            $"  {Advice.Command(_work, "export --model mnistml-out/model.zip --out mnistml-out/model.onnx")}",
        ]));
        Assert.That(
            evaluate.OutputLines.SkipWhile(IsNoAccuracy).TakeWhile(IsNoModel),
            Is.EqualTo(_train.OutputLines.SkipWhile(IsNoAccuracy).TakeWhile(IsNoModel)));

        static bool IsNoAccuracy(string line) => !line.StartsWith("Test accuracy:", StringComparison.Ordinal);
        static bool IsNoModel(string line) => !line.StartsWith("Model:", StringComparison.Ordinal)
            && !line.StartsWith("Task ", StringComparison.Ordinal);
    }

    [Test]
    public void Train_Redirected_NamesThePairsThatItsMatrixShows()
    {
        var matrix = _train.OutputLines.SkipWhile(line => !line.StartsWith("Confusion matrix", StringComparison.Ordinal)).Skip(3).Take(10)
            .Select(
                line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]
                    .Select(count => count == "." ? 0 : int.Parse(count, System.Globalization.CultureInfo.InvariantCulture))
                    .ToArray())
            .ToArray();
        var expected = from label in Enumerable.Range(0, 10)
                       from predicted in Enumerable.Range(0, 10)
                       where label != predicted
                       orderby matrix[label][predicted] descending
                       select $"{label} taken for {predicted}: {matrix[label][predicted]} times";

        Assert.That(matrix.Sum(row => row.Sum()), Is.EqualTo(200));
        Assert.That(_train.OutputLines.Where(line => line.Contains(" taken for ", StringComparison.Ordinal)), Is.EqualTo(expected.Take(3)));
    }

    [Test]
    public void Export_OfASavedModel_WritesWhatOnnxRuntimeScores()
    {
        var result = Run("export", "--out", "deep/er/mlp.onnx");

        var path = Path.Combine(_work, "deep/er/mlp.onnx");
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Is.EqualTo([
            FormattableString.Invariant($"ONNX model: deep/er/mlp.onnx, {new FileInfo(path).Length:N0} bytes, 784-20-10"),
            "Input: Features, float [rows, 784]: pixels row by row, from 0 for no ink to 1",
            "Output: PredictedLabel, int64 [rows]",
            "Output: Score, float [rows, 10]",
            "Next: score it with ONNX Runtime, or look at it in https://netron.app",
        ]));
        using var session = new InferenceSession(path);
        Assert.That(session.OutputMetadata.Keys, Is.EqualTo(["PredictedLabel", "Score"]));
    }

    [Test]
    public void Export_OfAModelWithoutNetwork_FailsInOneLine()
    {
        var mlContext = new MLContext(seed: 1);
        var files = MnistFiles.Find(_folder.PathOf("digits"));
        var data = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);
        mlContext.Model.Save(
            mlContext.MulticlassClassification.Trainers.NaiveBayes().Fit(data), data.Schema, Path.Combine(_work, "bayes.zip"));

        var result = Run("export", "--model", "bayes.zip", "--out", "bayes.onnx");

        Assert.That(
            result.ErrorLines,
            Is.EqualTo(["'bayes.zip' holds no network of MnistML's, which alone is exported. Train one: train --out bayes.zip"]));
        Assert.That((result.ExitCode, File.Exists(Path.Combine(_work, "bayes.onnx"))), Is.EqualTo((1, false)));
    }

    [Test]
    public void Study_Redirected_WritesTableAndFindings()
    {
        var result = Run(
            "study", "optimizers", "--data", "../digits", "--epochs", "4", "--seeds", "2", "--rows", "300", "--out", "studied");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        var rows = result.OutputLines.Where(line => StudyRow().IsMatch(line)).ToArray();
        var means = rows.Select(
            row => double.Parse(StudyRow().Match(row).Groups["mean"].Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.That(result.OutputLines, Has.Exactly(1).Match(@"^Optimizer +1 epoch +3 epochs +4 epochs$"));
        Assert.That(rows, Has.Length.EqualTo(5));
        Assert.That(result.OutputLines.Where(line => line.StartsWith("Training ", StringComparison.Ordinal)), Has.Exactly(5).Items);
        var finding = FormattableString.Invariant(
            $@"^784-512-256-10, Relu: after 4 epochs .* is best \({means.Max():F4} ± .* worst \({means.Min():F4} ± ");
        Assert.That(result.OutputLines, Has.Exactly(1).Match(finding));
        Assert.That(File.Exists(Path.Combine(_work, "studied/study-optimizers.png")));
    }

    [TestCase("train", "train --epochs 5 --plots plots")]
    [TestCase("evaluate", "evaluate --model mnistml-out/model.zip")]
    [TestCase("export", "export --model mnistml-out/model.zip --out mlp.onnx")]
    [TestCase("study init", "study init --epochs 20 --seeds 5 --rows 60000")]
    public void Help_OfACommand_EndsWithExamples(string command, string example)
    {
        var result = Run([.. command.Split(' '), "--help"]);

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines.SkipWhile(line => line != "Examples:"), Has.Exactly(1).EqualTo($"MnistML.Console {example}"));
    }

    /// <summary>The same for each evaluation.</summary>
    private static string[] Summary =>
    [
        "",
        "Test accuracy: #",
        "Mean accuracy of the classes: #",
        "Label among the # most probable: #",
        "Log-loss: # (reduced by # % against guessing by class frequency)",
        "",
        "Confusion matrix: rows are labels, columns predictions",
        "",
        "                0    1    2    3    4    5    6    7    8    9 Recall",
        "──────────────────────────────────────────────────────────────────────",
        .. Enumerable.Repeat("<counts>", 11),
        "",
        "Most often confused:",
        "  # taken for #: # times",
        "  # taken for #: # times",
        "  # taken for #: # times",
        "",
    ];

    private HostResult Run(params string[] arguments) => Host.Run("MnistML.Console", _work, arguments);

    private static string[] Normalise(HostResult result) => [.. result.Output.TrimEnd('\n').Split('\n').Select(line =>
        CountsRow().IsMatch(line) ? "<counts>"
        : VaryingLine().IsMatch(line) ? Number().Replace(line, "#")
        : line)];

    [GeneratedRegex(@"^ +(\d|Precision) .*\d\.\d\d(\d\d)?$")]
    private static partial Regex CountsRow();

    [GeneratedRegex("^(Epoch |Test acc|Mean acc|Label among|Log-loss|Computing|  . taken)")]
    private static partial Regex VaryingLine();

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(SGD|Adam).*  (?<mean>0\.\d{4}) ± 0\.\d{4}$")]
    private static partial Regex StudyRow();
}
