using System.Diagnostics;
using Microsoft.ML;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>What Ctrl-C, and a request to terminate, leave of a command.</summary>
[Platform("Linux,MacOsX")]
internal sealed class ConsoleInterruptTests
{
    /// <summary>An epoch of some seconds, so that the first one can be interrupted.</summary>
    private static readonly string[] SlowEpochs = ["--hidden", "1024,1024", "--batch", "2", "--epochs", "5"];

    private TemporaryFolder _folder = null!;
    private string _work = "";
    private string _temporary = "";

    [OneTimeSetUp]
    public void DrawDigits()
    {
        _folder = new TemporaryFolder();
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
    }

    [SetUp]
    public void MakeFolder()
    {
        _work = Directory.CreateDirectory(_folder.PathOf($"work-{Guid.NewGuid():N}")).FullName;
        _temporary = Directory.CreateDirectory(_folder.PathOf($"temporary-{Guid.NewGuid():N}")).FullName;
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("INT")]
    [TestCase("TERM")]
    public void Train_Interrupted_KeepsTheModelAsItStood(string signal)
    {
        var result = Interrupt(signal, "Epoch 2/", ["train", "--hidden", "32", "--epochs", "100000", "--out", "m.zip"]);

        Assert.That(
            result.ErrorLines, Has.Length.EqualTo(1).And.All.Match(@"^Interrupted: the model as it stood after epoch \d+ is in m\.zip\.$"));
        Assert.That(
            result.OutputLines[^2..], Is.EqualTo(["Next:", Advice.Command(_work, "evaluate --model m.zip")]));
        Assert.That(result.ExitCode, Is.EqualTo(130));
        Assert.That((NamesIn(_work), NamesIn(_temporary)), Is.EqualTo((new[] { "m.zip" }, Array.Empty<string>())));
        Assert.That(
            Host.Run("MnistML.Console", _work, ["evaluate", "--model", "m.zip", "--data", "../digits"]).Output,
            Does.Contain("Test accuracy: 0."));
    }

    [Test]
    public void Train_InterruptedWithValidation_KeepsTheBestModel()
    {
        var result = Interrupt(
            "INT", "Epoch 3/", ["train", "--hidden", "32", "--validation", "0.2", "--epochs", "100000", "--out", "m.zip"]);

        var history = History("m.zip");
        var best = history.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.That(result.Error, Is.EqualTo(
            $"Interrupted: the best model so far, epoch {best.Epoch} of {history.Count} with a validation accuracy of "
            + FormattableString.Invariant($"{best.ValidationAccuracy:F4}, is in m.zip.\n")));
        Assert.That(result.ExitCode, Is.EqualTo(130));
    }

    [Test]
    public void Train_InterruptedWithACheckpoint_SaysHowToGoOn()
    {
        string[] arguments = ["train", "--hidden", "32", "--epochs", "100000", "--checkpoint", "c.checkpoint", "--out", "m.zip"];
        var result = Interrupt("INT", "Epoch 1/", arguments);
        var resumed = Interrupt("INT", "Epoch ", arguments);

        Assert.That(
            result.Error,
            Does.Match(
                @"^Interrupted: the model as it stood after epoch \d+ is in m\.zip; the same command goes on from c\.checkpoint\.\n$"));
        Assert.That(NamesIn(_work), Is.EqualTo(["c.checkpoint", "m.zip"]));
        Assert.That(resumed.OutputLines, Has.Some.EqualTo("Going on from c.checkpoint").And.None.StartsWith("Epoch 1/"));
    }

    [Test]
    public void Train_InterruptedBeforeTheFirstEpochIsOver_SavesNothing()
    {
        var result = Interrupt("INT", "Computing in ", ["train", .. SlowEpochs, "--out", "m.zip"]);

        Assert.That(
            result.ErrorLines,
            Has.Length.EqualTo(1).And.All.Match(
                "^Interrupted: the (first epoch was not over|training had not begun), so nothing was saved\\.$"));
        Assert.That(result.ExitCode, Is.EqualTo(130));
        Assert.That((NamesIn(_work), NamesIn(_temporary)), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));
    }

    [Test]
    public void Train_InterruptedOnSyntheticDigits_DeletesThem()
    {
        var result = Interrupt("INT", "Epoch 1/", ["train", "--hidden", "32", "--epochs", "100000"], data: null);

        Assert.That(result.ExitCode, Is.EqualTo(130));
        Assert.That((NamesIn(_work), NamesIn(_temporary)), Is.EqualTo((new[] { "mnistml-out" }, Array.Empty<string>())));
    }

    [Test]
    public void Study_Interrupted_WritesNothing()
    {
        var result = Interrupt("INT", "Training 1 ", ["study", "optimizers", "--epochs", "1000"]);

        Assert.That((result.Error, result.ExitCode), Is.EqualTo(("Interrupted: nothing was saved.\n", 130)));
        Assert.That(NamesIn(_work), Is.Empty);
    }

    [Test]
    [NeedsTerminal]
    public void Train_WithCtrlCInATerminal_TidiesTheScreen()
    {
        using var terminal = PseudoTerminal.Start(
            "MnistML.Console", _work,
            ["train", "--data", "../digits", "--hidden", "32", "--epochs", "100000", "--validation", "0.1", "--out", "m.zip"]);
        terminal.WaitFor(screen => screen.Contains("validation accuracy", StringComparison.Ordinal));
        terminal.Type(PseudoTerminal.CtrlC);
        var result = terminal.WaitForExit();

        Assert.That((result.ExitCode, result.Screen.IsCursorVisible, result.Screen.Text.Contains('━')), Is.EqualTo((130, true, false)));
        Assert.That(
            result.Screen.Text, Does.Match(@"Interrupted: the best model so far, epoch \d+ of \d+ with a validation accuracy of\s"));
        Assert.That(Advice.On(result.Screen), Is.EqualTo(Advice.Squeeze(Advice.Command(_work, "evaluate --model m.zip"))));
        Assert.That(NamesIn(_work), Is.EqualTo(["m.zip"]));
    }

    [Test]
    [NeedsTerminal]
    public void Train_WithCtrlCTwice_EndsAtOnce()
    {
        using var terminal = PseudoTerminal.Start("MnistML.Console", _work, ["train", .. SlowEpochs], ("TMPDIR", _temporary));
        terminal.WaitFor(screen => screen.Contains("Batch ", StringComparison.Ordinal));
        terminal.Type(PseudoTerminal.CtrlC + PseudoTerminal.CtrlC);
        var result = terminal.WaitForExit();

        Assert.That((result.ExitCode, result.Screen.IsCursorVisible), Is.EqualTo((130, true)));
        Assert.That(NamesIn(_temporary), Is.Empty);
    }

    /// <summary>Runs a command, sends it a signal when it has written a line, and waits for its end.</summary>
    private HostResult Interrupt(string signal, string line, string[] arguments, string? data = "../digits")
    {
        using var process = Host.Start(
            "MnistML.Console", _work, [.. arguments, .. data is null ? (string[])[] : ["--data", data]], ("TMPDIR", _temporary));
        var output = "";
        while (process.StandardOutput.ReadLine() is { } read)
        {
            output += read + "\n";
            if (read.StartsWith(line, StringComparison.Ordinal))
            {
                break;
            }
        }

        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        output += process.StandardOutput.ReadToEnd();
        Assert.That(process.WaitForExit(Host.Patience));
        return new HostResult(process.ExitCode, output, process.StandardError.ReadToEnd());
    }

    private IReadOnlyList<MlpEpochMetrics> History(string zip)
    {
        using var network = MlpTransformer.Find(new MLContext().Model.LoadMlp(Path.Combine(_work, zip), out _))!;
        return network.History;
    }

    /// <summary>
    /// What is in a folder, but for <c>.ses</c>: libonnxruntime 1.31 writes it, 51 bytes, when it is first used. Its telemetry keeps an
    /// identifier there for the next process, and with ORT_DISABLE_TELEMETRY=1 in the environment neither the file is written nor a host
    /// looked up.
    /// </summary>
    private static string[] NamesIn(string folder) =>
        [
            .. Directory.EnumerateFileSystemEntries(folder)
            .Select(entry => Path.GetFileName(entry))
            .Where(name => name != ".ses")
            .Order(StringComparer.Ordinal),
        ];
}
