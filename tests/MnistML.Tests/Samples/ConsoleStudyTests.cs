using System.Text.RegularExpressions;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>What a study writes where nobody looks at a terminal, line by line; figures are written as #.</summary>
internal sealed partial class ConsoleStudyTests
{
    private TemporaryFolder _folder = null!;
    private string _work = "";

    [OneTimeSetUp]
    public void DrawDigits()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 300, testCount: 50, seed: 1);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Study_OfOptimizersOnSyntheticDigits_WritesPlainLines() =>
        AssertStudy("../digits", "Data: digits, 300 training and 50 test images, from ../digits", testRows: "50");

    [Test]
    [NeedsRealMnist]
    public void Study_OfOptimizersOnMnist_WritesPlainLines()
    {
        var folder = Path.GetDirectoryName(RealMnist.Files.TrainImages)!;
        AssertStudy(folder, $"Data: {Path.GetFileName(folder)}, 60,000 training and 10,000 test images, from {folder}", testRows: "2,000");
    }

    private void AssertStudy(string data, string dataLine, string testRows)
    {
        var result = Host.Run(
            "MnistML.Console",
            _work,
            ["study", "optimizers", "--data", data, "--rows", "200", "--epochs", "2", "--seeds", "2", "--out", "o"]);

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output.TrimEnd('\n').Split('\n').Select(Normalise), Is.EqualTo([
            dataLine,
            $"Each training: the first 200 images, batches of 32; accuracy on the first {testRows} test images",
            "Training 1 to 2 of 10: 784-512-256-10, Relu; SGD(0.1)",
            "Training 3 to 4 of 10: 784-512-256-10, Relu; SGD(0.01, momentum 0.9)",
            "Training 5 to 6 of 10: 784-512-256-10, Relu; SGD(0.01, Nesterov 0.9)",
            "Training 7 to 8 of 10: 784-512-256-10, Relu; Adam(0.001)",
            "Training 9 to 10 of 10: 784-512-256-10, Relu; AdamW(0.001, decay 0.01)",
            "Accuracy: mean over seeds ± standard deviation",
            "",
            "784-512-256-10, Relu",
            "",
            " Optimizer                         1 epoch          2 epochs",
            "──────────────────────────────────────────────────────────────",
            " SGD(0.1)                  # ± #   # ± #",
            " SGD(0.01, momentum 0.9)   # ± #   # ± #",
            " SGD(0.01, Nesterov 0.9)   # ± #   # ± #",
            " Adam(0.001)               # ± #   # ± #",
            " AdamW(0.001, decay 0.01)  # ± #   # ± #",
            "",
            "",
            "<finding>",
            "",
            "Plot: o/study-optimizers.png",
        ]));
    }

    /// <summary>Accuracies vary with the processor, and what is found with them.</summary>
    private static string Normalise(string line) =>
        line.StartsWith("784-512-256-10, Relu: after 2 epochs ", StringComparison.Ordinal) ? "<finding>" : Accuracy().Replace(line, "#");

    [GeneratedRegex(@"\b[01]\.\d{4}\b")]
    private static partial Regex Accuracy();
}
