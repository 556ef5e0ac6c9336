using System.Diagnostics;
using System.Text.RegularExpressions;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>Files that can't be written: found before the work, and a model is not lost even if it turns out after it.</summary>
[Platform("Linux,MacOsX")]
internal sealed partial class ConsoleWritingTests
{
    private const string ChooseAnother = "Choose another place.";

    private static readonly string[] SmallTraining = ["train", "--data", "../digits", "--hidden", "8", "--epochs", "1"];

    private TemporaryFolder _folder = null!;
    private string _work = "";

    [OneTimeSetUp]
    public void TrainAModel()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 600, testCount: 50, seed: 1);
        Directory.CreateDirectory(_folder.PathOf("work/folder"));
        Directory.CreateDirectory(_folder.PathOf("work/folder.png"));
        _folder.Write("work/file", []);
        Assert.That(Run([.. SmallTraining, "--out", "trained.zip"]).ExitCode, Is.Zero);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("--out is 'folder', a folder, but must name a file, for example 'folder/model.zip'.", "--out", "folder")]
    [TestCase("--out is 'new/', a folder, but must name a file, for example 'new/model.zip'.", "--out", "new/")]
    [TestCase("--out is empty, but must name a file, for example model.zip.", "--out", "")]
    [TestCase("--json is 'folder', a folder, but must name a file, for example 'folder/figures.json'.", "--json", "folder")]
    [TestCase(
        "--checkpoint is 'folder', a folder, but must name a file, for example 'folder/training.checkpoint'.", "--checkpoint", "folder")]
    [TestCase("--plots is 'file', a file, but must name a folder, for example plots.", "--plots", "file")]
    [TestCase("--out and --json both name 'm.zip', but must name different files.", "--out", "m.zip", "--json", "./m.zip")]
    public void Train_WhereNothingCanBeWritten_SaysSoBeforeTheTraining(string message, params string[] arguments) =>
        AssertRefusal(Run([.. SmallTraining, .. arguments]), message);

    [TestCase("--out", "file/m.zip")]
    [TestCase("--json", "file/m.json")]
    [TestCase("--checkpoint", "file/m.checkpoint")]
    public void Train_BelowAFile_SaysSoBeforeTheTraining(string option, string path) => AssertRefusal(
        Run([.. SmallTraining, option, path]),
        $"{option} is '{path}', but it can't be written: '{_folder.PathOf("work/file")}' is a file, so that no folder can be made there. "
        + ChooseAnother);

    [TestCase("--out", "/proc/x.zip", "it can't be written", "/proc")]
    [TestCase("--out", "/proc/x/y.zip", "it can't be written", "/proc")]
    [TestCase("--json", "/proc/x.json", "it can't be written", "/proc")]
    [TestCase("--checkpoint", "/proc/x.checkpoint", "it can't be written", "/proc")]
    [TestCase("--plots", "/proc/plots", "nothing can be written there", "/proc")]
    [Platform("Linux")]
    public void Train_WhereTheSystemMakesNoFile_SaysSoBeforeTheTraining(string option, string path, string what, string folder)
    {
        var result = Run([.. SmallTraining, option, path]);

        Assert.That(result.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(result.ErrorLines[0], Is.AnyOf(
            $"{option} is '{path}', but {what}: the system makes no file in the folder '{folder}'. {ChooseAnother}",
            $"{option} is '{path}', but {what}: you may not write into the folder '{folder}'. {ChooseAnother}"));
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
    }

    [Test]
    public void Train_OntoADevice_LeavesItAlone()
    {
        AssertRefusal(
            Run([.. SmallTraining, "--out", "/dev/full"]), "--out is '/dev/full', a device, but must name a file, for example model.zip.");
        Assert.That(Run([.. SmallTraining, "--json", "/dev/stdout"]).Output, Does.Contain("\"micro_accuracy\": "));
    }

    [TestCase("evaluate --model trained.zip --data ../digits --confusion folder.png",
        "--confusion is 'folder.png', a folder, but must name a file, for example 'folder.png/confusion.png'.")]
    [TestCase("evaluate --model trained.zip --data ../digits --json folder",
        "--json is 'folder', a folder, but must name a file, for example 'folder/figures.json'.")]
    [TestCase("export --model trained.zip --out folder",
        "--out is 'folder', a folder, but must name a file, for example 'folder/mlp.onnx'.")]
    [TestCase("export --model trained.zip --out trained.zip", "--model and --out both name 'trained.zip', but must name different files.")]
    [TestCase("show --data ../digits --out folder.png",
        "--out is 'folder.png', a folder, but must name a file, for example 'folder.png/digits.png'.")]
    [TestCase("study init --data ../digits --out file", "--out is 'file', a file, but must name a folder, for example mnistml-out.")]
    [TestCase("evaluate --model folder", "--model is 'folder', a folder, but must name a saved model, for example 'folder/model.zip'.")]
    public void Run_WhereNothingCanBeWritten_SaysSoBeforeTheWork(string command, string message) =>
        AssertRefusal(Run(command.Split(' ')), message);

    /// <summary>A disk of 300 KB in memory, in a name space of its own, for a model of 1 MB.</summary>
    [Test]
    [Platform("Linux")]
    public void Train_OnAFullDisk_SaysSoBeforeTheTraining()
    {
        const string Mount = "mount -t tmpfs -o size=300k none full";
        Directory.CreateDirectory(_folder.PathOf("work/full"));
        string[] Isolated(string command) => ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command];
        if (RunCommand(Isolated(Mount)).ExitCode != 0)
        {
            Assert.Ignore("This user may not mount a disk, not even in a name space of its own.");
        }

        var result = RunCommand(Isolated(
            $"{Mount} && exec dotnet '{Host.PathOf("MnistML.Console")}' train --data ../digits --epochs 1 --out full/m.zip"));

        Assert.That(result.ErrorLines, Is.EqualTo([
            $"--out is 'full/m.zip', but it can't be written: the disk that holds '{_folder.PathOf("work/full")}' is full. {ChooseAnother}",
        ]));
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.OutputLines, Has.None.StartsWith("Epoch "));
    }

    /// <summary>A folder takes the model's name while it is trained.</summary>
    [Test]
    public void Train_ThatCanNotSaveAfterAll_KeepsTheModelElsewhere()
    {
        const string Name = "lost.zip";
        var place = Directory.CreateDirectory(_folder.PathOf("temporary")).FullName;
        using var process = Host.Start(
            "MnistML.Console", _work, ["train", "--data", "../digits", "--hidden", "256", "--epochs", "60", "--out", Name],
            ("TMPDIR", place));
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("Epoch 1/", StringComparison.Ordinal))
        {
        }

        Directory.CreateDirectory(Path.Combine(_work, Name));
        process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        var kept = KeptElsewhere().Match(error).Groups["path"].Value;
        Assert.That(
            error,
            Is.EqualTo(
                $"'{Name}' can't be written: a folder has that name. {ChooseAnother} The model is kept as '{kept}': move it from "
                + "there.\n"));
        Assert.That(process.ExitCode, Is.EqualTo(1));
        Assert.That(Path.GetDirectoryName(kept), Is.EqualTo(place));
        Assert.That(Run(["evaluate", "--data", "../digits", "--model", kept]).Output, Does.Contain("Test accuracy: "));
        Assert.That(Directory.EnumerateFiles(_work, "*.tmp"), Is.Empty);
    }

    private HostResult RunCommand(string[] command)
    {
        using var process = Process.Start(Host.Describe(command, _work))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new HostResult(process.ExitCode, output, error.Result);
    }

    private HostResult Run(string[] arguments) => Host.Run("MnistML.Console", _work, arguments);

    private static void AssertRefusal(HostResult result, string message)
    {
        Assert.That(result.ErrorLines, Is.EqualTo([message]));
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
    }

    [GeneratedRegex("kept as '(?<path>[^']+)'")]
    private static partial Regex KeptElsewhere();
}
