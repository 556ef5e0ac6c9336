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
        var result = Run(
            "train", "--data", Path.GetDirectoryName(files.TrainImages)!, "--epochs", "2", "--validation", "0.1", "--out", "m.zip");

        AssertTidy(result);
        Assert.That(result.Screen.StyleCount, Is.Positive);
        foreach (var part in (string[])
            [
                @"Getting the digits +━",
                @"Reading the images +━",
                @"^Epoch [12]/2 +━+ +loss \d\.\d{4}, validation accuracy 0\.\d{4}$",
                @"^Batch \d+/211 +━+ +[\d,]+ rows/s, \d:\d\d left$",
            ])
        {
            Assert.That(result.Frames, Has.Some.Match($"(?m){part}"));
        }

        Assert.That(result.Screen.Text, Does.Not.Contain("━").And.Not.Contain("Batch"));
        Assert.That(
            result.Lines,
            Has.Exactly(1).Match(@"^Epoch 2/2, Loss: 0\.\d{4}, Validation loss: 0\.\d{4}, accuracy: 0\.9\d{3}, \d+\.\d\d s$"));
        Assert.That(result.Lines, Has.Exactly(1).Match(@"^Test accuracy: 0\.9\d{3}$"));
        Assert.That(result.Lines, Has.Exactly(3).Match(@"^  \d taken for \d: \d+ times$"));
    }

    [TestCase("NO_COLOR", "1")]
    [TestCase("TERM", "dumb")]
    public void Train_InAPlainTerminal_WritesNoSequence(string variable, string value)
    {
        var result = PseudoTerminal.Run(
            "MnistML.Console", _work, ["train", "--data", "../digits", "--hidden", "32", "--epochs", "2"], (variable, value));

        AssertTidy(result);
        Assert.That(result.Screen.SequenceCount, Is.Zero);
        Assert.That(
            result.Lines.Where(line => line.StartsWith("Epoch ", StringComparison.Ordinal)),
            Has.Exactly(2).Match(@"^Epoch [12]/2, Loss: \d\.\d{4}, \d\.\d\d s$"));
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
        Assert.That(
            result.Lines, Has.Exactly(3).Match(@"^  Initializer +Signal +1 epoch +3 epochs$|^ ?Initializer +Signal +1 epoch +3 epochs$"));
    }

    [Test]
    public void Predict_WithShow_DrawsWhatTheNetworkSees()
    {
        Host.Run("MnistML.Console", _work, ["train", "--data", "../digits", "--hidden", "16", "--epochs", "1", "--out", "shown.zip"]);
        _folder.Write("work/one.png", Drawn.Text("1"));

        var result = PseudoTerminal.Run(
            "MnistML.Console", _work, ["predict", "--model", "shown.zip", "--show", "one.png"], ("COLORTERM", "truecolor"));

        AssertTidy(result);
        Assert.That(result.Lines[0], Does.Match(@"^one\.png: \d \(\d+\.\d %\), "));

        // So small a network is not sure, and says so on the line and a half above.
        var text = result.Lines.TakeWhile(line => !line.Contains('▀', StringComparison.Ordinal)).ToArray();
        Assert.That(string.Join(' ', text), Does.Match(@" %\)(; not sure: .+)?$"));
        Assert.That(
            result.Lines[text.Length..], Is.EqualTo(Enumerable.Repeat(new string('▀', 28), 14)), "28 rows of pixels, two to a line");
        var levels = result.Screen.Cells.Skip(text.Length)
            .Take(14)
            .SelectMany(line => line)
            .SelectMany(cell => (int?[])[cell.Style.Ink, cell.Style.Paper])
            .ToArray();
        Assert.That(levels, Has.Some.EqualTo(0xFFFFFF).And.Exactly(28 * 28).Items, "white ink");
        Assert.That(levels.Count(level => level == 0), Is.GreaterThan(levels.Length / 2), "on black");
    }

    /// <summary>47 classes, as EMNIST's balanced set has, whose matrix would be some 200 columns wide.</summary>
    [Test]
    public void Train_OnMoreClassesThanTheScreenHolds_ListsThem()
    {
        const int ClassCount = 47;
        Directory.CreateDirectory(_folder.PathOf("classes"));
        byte[] labels = [.. Enumerable.Range(0, 4 * ClassCount).Select(row => (byte)(row % ClassCount))];
        byte[] pixels = [.. labels.SelectMany(label => Enumerable.Range(0, 6).Select(bit => (byte)((label >> bit & 1) * 255)))];
        foreach (var part in (string[])["train", "t10k"])
        {
            _folder.Write($"classes/{part}-images-idx3-ubyte", IdxBytes.Of(0x08, [labels.Length, 2, 3], pixels));
            _folder.Write($"classes/{part}-labels-idx1-ubyte", IdxBytes.Labels(labels));
        }

        var result = Run("train", "--data", "../classes", "--epochs", "1", "--hidden", "8", "--out", "classes.zip");

        AssertTidy(result);
        Assert.That(result.Lines, Has.Some.EqualTo("Classes: the confusion matrix is wider than the screen"));
        var rows = result.Lines.SkipWhile(line => !line.Contains("Most often taken for", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => !line.StartsWith("Most often confused", StringComparison.Ordinal)).ToArray();
        Assert.That(
            rows.Select(
                row =>
                    int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], System.Globalization.CultureInfo.InvariantCulture)),
            Is.EqualTo(Enumerable.Range(0, ClassCount)));
        Assert.That(rows, Has.All.Match(@"^ +\d+ +4 +[0-4] +[01]\.\d{4} "));
    }

    [Test]
    [NeedsRealMnist]
    public void Train_ThatDownloads_ShowsABarForEachFile()
    {
        // The answer comes in two parts, so that a bar is seen half full.
        using var server = new LoopbackServer(async (request, answer) =>
        {
            var content = RealMnist.Serve(request.Path);
            await answer.HeadAsync(200, content.Length);
            await answer.BytesAsync(content[..(content.Length / 2)]);
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            await answer.BytesAsync(content[(content.Length / 2)..]);
        });

        var result = PseudoTerminal.Run(
            "MnistML.Console", _work, ["train", "--mirror", $"{server.Address}", "--epochs", "1", "--hidden", "8", "--out", "loaded.zip"],
            ("XDG_CACHE_HOME", _folder.PathOf("downloads")));

        AssertTidy(result);
        Assert.That(result.Frames, Has.Some.Match(@"(?m)^ *train-images-idx3-ubyte\.gz +━+ +\d+% "));
        Assert.That(result.Screen.Text, Does.Not.Contain("━"));
        Assert.That(server.Requests, Has.Count.EqualTo(4));
    }

    [Test]
    public void Fail_InATerminal_WritesOneLine()
    {
        var result = Run("trian");

        Assert.That((result.ExitCode, result.Lines.Length), Is.EqualTo((1, 2)), "the line is longer than the screen");
        Assert.That(
            string.Concat(result.Lines), Is.EqualTo("There is no command 'trian'. Did you mean train? Run with --help for the options."));
    }

    private TerminalResult Run(params string[] arguments) => PseudoTerminal.Run("MnistML.Console", _work, arguments);

    private void AssertTidy(TerminalResult result)
    {
        Assert.That((result.ExitCode, result.Screen.IsCursorVisible), Is.EqualTo((0, true)), result.Screen.Text);
        Assert.That(
            result.Screen.OverflowingLines.Where(line => !Advice.IsPieceOfProject(_work, line)), Is.Empty, result.Screen.Text);
    }
}
