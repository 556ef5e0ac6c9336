using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>What a person sees in a terminal of 80 columns.</summary>
[NeedsTerminal]
internal sealed class ConsoleTerminalTests
{
    private TemporaryFolder _folder = null!;
    private string _work = "";

    [OneTimeSetUp]
    public void DrawDigits()
    {
        _folder = new TemporaryFolder();
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    [NeedsRealMnist]
    public void Train_OnMnist_ShowsItsProgressAndTidiesUp()
    {
        var files = RealMnist.Files;
        var result = Run("train", "--data", Path.GetDirectoryName(files.TrainImages)!, "--epochs", "2", "--validation", "0.1", "--out", "m.zip");

        AssertTidy(result);
        Assert.That(result.Screen.StyleCount, Is.Positive);
        foreach (var part in (string[])
            [@"Getting the digits +━", @"Reading the images +━", @"^Epoch [12]/2 +━+ +loss \d\.\d{4}, validation accuracy 0\.\d{4}$", @"^Batch \d+/211 +━+ +[\d,]+ rows/s, \d:\d\d left$"])
        {
            Assert.That(result.Frames, Has.Some.Match($"(?m){part}"));
        }

        Assert.That(result.Screen.Text, Does.Not.Contain("━").And.Not.Contain("Batch"));
        Assert.That(result.Lines, Has.Exactly(1).Match(@"^Epoch 2/2, Loss: 0\.\d{4}, Validation loss: 0\.\d{4}, accuracy: 0\.9\d{3}, \d+\.\d\d s$"));
        Assert.That(result.Lines, Has.Exactly(1).Match(@"^Test accuracy: 0\.9\d{3}$"));
        Assert.That(result.Lines, Has.Exactly(3).Match(@"^  \d taken for \d: \d+ times$"));
    }

    [TestCase("NO_COLOR", "1")]
    [TestCase("TERM", "dumb")]
    public void Train_InAPlainTerminal_WritesNoSequence(string variable, string value)
    {
        var result = PseudoTerminal.Run("MnistML.Console", _work, ["train", "--data", "../digits", "--hidden", "32", "--epochs", "2"], (variable, value));

        AssertTidy(result);
        Assert.That(result.Screen.SequenceCount, Is.Zero);
        Assert.That(result.Lines.Where(line => line.StartsWith("Epoch ", StringComparison.Ordinal)), Has.Exactly(2).Match(@"^Epoch [12]/2, Loss: \d\.\d{4}, \d\.\d\d s$"));
    }

    [TestCase("evaluate", "--data", "../digits")]
    [TestCase("export")]
    [TestCase("study", "optimizers", "--epochs", "1", "--seeds", "2", "--rows", "200", "--data", "../digits")]
    [TestCase("train", "--help")]
    [TestCase("study", "--help")]
    public void Run_OfACommand_FitsTheScreen(params string[] arguments)
    {
        if (arguments is not ["study", "optimizers", ..])
        {
            Host.Run("MnistML.Console", _work, ["train", "--data", "../digits", "--hidden", "16", "--epochs", "1"]);
        }

        var result = Run(arguments);

        AssertTidy(result);
        Assert.That(result.Lines, Is.Not.Empty);
    }

    [Test]
    public void Study_InATerminal_ShowsWhichTrainingIsUnderWay()
    {
        var result = Run("study", "init", "--epochs", "3", "--seeds", "1", "--rows", "200", "--data", "../digits");

        AssertTidy(result);
        Assert.That(result.Frames, Has.Some.Match(@"(?m)^\d+/18 784-512-256-10, Relu; \w+"));
        Assert.That(result.Lines, Has.Exactly(3).Match(@"^  Initializer +Signal +1 epoch +3 epochs$|^ ?Initializer +Signal +1 epoch +3 epochs$"));
    }

    [Test]
    public void Fail_InATerminal_WritesOneLine()
    {
        var result = Run("trian");

        Assert.That((result.ExitCode, result.Lines.Length), Is.EqualTo((1, 2)), "the line is longer than the screen");
        Assert.That(string.Concat(result.Lines), Is.EqualTo("There is no command 'trian'. Did you mean train? Run with --help for the options."));
    }

    private TerminalResult Run(params string[] arguments) => PseudoTerminal.Run("MnistML.Console", _work, arguments);

    private static void AssertTidy(TerminalResult result) =>
        Assert.That((result.ExitCode, result.Screen.OverflowCount, result.Screen.IsCursorVisible), Is.EqualTo((0, 0, true)), result.Screen.Text);
}
