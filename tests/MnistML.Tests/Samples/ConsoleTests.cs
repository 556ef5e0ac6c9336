using System.Text.Json;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>The console sample as its users run it: as a process, without MNIST and without network.</summary>
internal sealed class ConsoleTests
{
    private TemporaryFolder _folder = null!;
    private string _work = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void NoCommand_WithoutData_TrainsOnSyntheticDigitsAndSaysSo()
    {
        var result = Run();

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(
            result.OutputLines[0], Is.EqualTo("Downloading https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz"));
        Assert.That(result.OutputLines[2], Does.StartWith(
            "Warning: no MNIST at hand, so this run uses synthetic digits, and its accuracy says nothing of MNIST. "
            + "train-images-idx3-ubyte.gz of MNIST could not be downloaded: "
            + "https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz can't be reached ("));
        Assert.That(
            result.OutputLines, Has.Some.EqualTo("Data: synthetic-digits, 12,000 training and 2,000 test images, drawn by MnistML"));
        Assert.That(result.OutputLines, Has.Some.StartsWith("Network: 784-512-256-10, 535,818 parameters;"));
        Assert.That(result.OutputLines, Has.Some.Match(@"^Epoch 17/17, Loss: 0\.\d{4}, \d+\.\d\d s$"));
        Assert.That(TestAccuracy(result), Is.GreaterThanOrEqualTo(0.95));
        Assert.That(NamesIn(_work), Is.EqualTo(["mnistml-out"]));
        Assert.That(File.Exists(Path.Combine(_work, "mnistml-out", "model.zip")));
    }

    [Test]
    public void Evaluate_OfASavedModel_GivesTheSameMetricsToTheLastDigit()
    {
        var train = Run(
            "train", "--recipe", "classic", "--epochs", "2", "--hidden", "32,16", "--seed", "1", "--out", "m.zip", "--json", "m.json");
        var evaluate = Run("evaluate", "--model", "m.zip", "--json", "e.json", "--card", "card.md");

        Assert.That((train.ExitCode, train.Error, evaluate.ExitCode, evaluate.Error), Is.EqualTo((0, "", 0, "")));
        using var trained = ReadJson("m.json");
        using var evaluated = ReadJson("e.json");
        Assert.That(
            evaluated.RootElement.GetProperty("metrics").GetRawText(), Is.EqualTo(trained.RootElement.GetProperty("metrics").GetRawText()));
        Assert.That(
            evaluate.OutputLines,
            Has.Some.EqualTo(train.OutputLines.Single(line => line.StartsWith("Test accuracy:", StringComparison.Ordinal))));
        Assert.That(NamesIn(_work), Is.EqualTo(["card.md", "e.json", "m.json", "m.zip", "mnistml-out"]));
        Assert.That(evaluate.OutputLines, Has.Member("Architecture   784-32-16-10, 25,818 parameters").And.Member("Model's card: card.md"));
        Assert.That(
            File.ReadAllText(Path.Combine(_work, "card.md")),
            Does.StartWith("# Model card: 784-32-16-10 for multiclass classification\n").And.Contain("\n| Training rows | 12,000 |\n"));
    }

    [Test]
    public void Train_WithJson_WritesTheFiguresOfTheRun()
    {
        Run("train", "--recipe", "classic", "--epochs", "2", "--hidden", "32,16", "--out", "m.zip", "--json", "m.json");

        using var json = ReadJson("m.json");
        var root = json.RootElement;
        Assert.That(root.EnumerateObject().Select(property => property.Name), Is.EqualTo(
            [
                "dataset", "recipe", "precision", "threads", "epochs", "load_seconds", "train_seconds", "evaluate_seconds", "metrics",
                "peak_rss_mib", "model_path",
            ]));
        Assert.That(root.GetProperty("dataset").EnumerateObject().Select(property => $"{property.Name}={property.Value}"),
            Is.EqualTo(["name=synthetic-digits", "train_rows=12000", "test_rows=2000", "classes=10"]));
        Assert.That(root.GetProperty("recipe").GetString(), Is.EqualTo("classic"));
        Assert.That(
            root.GetProperty("epochs")
                .EnumerateArray()
                .Select(epoch => string.Join(' ', epoch.EnumerateObject().Select(property => property.Name))),
            Is.All.EqualTo("epoch train_loss validation_accuracy seconds"));
        Assert.That(root.GetProperty("epochs").GetArrayLength(), Is.EqualTo(2));
        Assert.That(root.GetProperty("metrics").EnumerateObject().Select(property => property.Name),
            Is.EqualTo(["micro_accuracy", "macro_accuracy", "log_loss", "top_k_accuracy"]));
        Assert.That(root.GetProperty("peak_rss_mib").GetDouble(), Is.InRange(50, 4_000));
    }

    [Test]
    public void Train_WithHiddenLayersAndRecipe_TrainsThatNetwork()
    {
        var result = Run("--recipe", "classic", "--hidden", "20", "--epochs", "1");

        Assert.That(
            result.OutputLines,
            Has.Some.EqualTo("Network: 784-20-10, 15,910 parameters; Normal(0.01) weights; SGD(learning rate 0.2), batches of 256"));
        Assert.That(result.OutputLines.Count(line => line.StartsWith("Epoch ", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void Train_WithTheAccurateRecipe_AugmentsImages()
    {
        var result = Run("train", "--recipe", "accurate", "--hidden", "32", "--epochs", "1", "--json", "m.json", "--plots", "accurate");

        Assert.That(
            result.OutputLines,
            Has.Some.StartsWith("Network: 784-32-10 x 2, 50,900 parameters; ")
                .And.EndsWith("images of 28 x 28 distorted anew in each epoch"));
        Assert.That(result.OutputLines.Count(line => line.StartsWith("Epoch ", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void Train_WithASeed_IsRepeatable()
    {
        string[] Losses(string seed) =>
            [
                .. Run("--epochs", "2", "--hidden", "16", "--seed", seed).OutputLines.Where(
                    line => line.StartsWith("Epoch ", StringComparison.Ordinal))
                .Select(line => line[..line.LastIndexOf(',')]),
            ];
        var once = Losses("7");

        Assert.That(Losses("7"), Is.EqualTo(once));
        Assert.That(Losses("8"), Is.Not.EqualTo(once));
    }

    [Test]
    public void Train_OnAFolderWithoutMnist_FailsInOneLine() => AssertFailure(
        Run("--data", "."),
        "'.' does not hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (raw or .gz), "
        + "but MNIST consists of 4 files.");

    /// <summary>Each command that reads digits, on files that hold something else in the place of images.</summary>
    [Test]
    public void Run_OnImagesThatAreNone_NamesTheFileInOneLine(
        [Values("train", "train --recipe accurate", "show", "evaluate --model m.zip", "explain --model m.zip --index 0", "study init")]
        string command,
        [Values("train", "t10k")] string part)
    {
        foreach (var (name, content) in SmallDataset.Served)
        {
            _folder.Write($"work/{name}", content);
        }

        Run("train", "--data", ".", "--epochs", "1", "--hidden", "2", "--out", "m.zip");
        var images = $"{part}-images-idx3-ubyte.gz";
        File.Copy(Path.Combine(_work, $"{part}-labels-idx1-ubyte.gz"), Path.Combine(_work, images), overwrite: true);

        AssertFailure(
            Run([.. command.Split(' '), "--data", "."]),
            $"'./{images}' holds {(part == "train" ? 40 : 7)} items of one number, as labels are, but images were expected, such as "
            + "60000×28×28 (count × height × width): put the file of images in its place.");
    }

    [TestCase("holds 40 items of 15 numbers in a row, but images were expected, such as 60000×28×28 (count × height × width): put the "
        + "file of images in its place.", 40, 15)]
    [TestCase("holds no image, but there must be one at least: take another file.", 0, 5, 3)]
    public void Train_OnItemsThatAreNoImages_FailsInOneLine(string message, params int[] dimensions)
    {
        foreach (var part in (string[])["train", "t10k"])
        {
            var pixelCount = dimensions.Aggregate((one, other) => one * other);
            _folder.Write($"work/{part}-images-idx3-ubyte", IdxBytes.Of(0x08, dimensions, new byte[pixelCount]));
            _folder.Write($"work/{part}-labels-idx1-ubyte", IdxBytes.Labels(new byte[dimensions[0]]));
        }

        AssertFailure(Run("train", "--data", "."), $"'./train-images-idx3-ubyte' {message}");
    }

    [Test]
    public void Train_OnTorchvisionsFolder_FindsTheFilesInIt()
    {
        Directory.CreateDirectory(_folder.PathOf("torch/MNIST/raw"));
        foreach (var (name, content) in SmallDataset.Served)
        {
            _folder.Write($"torch/MNIST/raw/{name.ToUpperInvariant()}", content);
        }

        var named = Run("train", "--data", "../torch", "--epochs", "1", "--hidden", "2");
        var inherited = Host.Run(
            "MnistML.Console", _work, ["--epochs", "1", "--hidden", "2"], input: "", ("MNIST_DATA_DIR", _folder.PathOf("torch/MNIST")));

        Assert.That((named.ExitCode, named.Error, inherited.ExitCode, inherited.Error), Is.EqualTo((0, "", 0, "")));
        Assert.That(named.OutputLines[0], Is.EqualTo("Data: MNIST, 40 training and 7 test images, from ../torch/MNIST/raw"));
        Assert.That(
            inherited.OutputLines[0],
            Is.EqualTo($"Data: mnist, 40 training and 7 test images, from MNIST_DATA_DIR, {_folder.PathOf("torch/MNIST/raw")}"));
    }

    [Test]
    public void Train_WithMnistDataDirOnNothing_FailsInOneLine() => AssertFailure(
        Host.Run("MnistML.Console", _work, [], input: "", ("MNIST_DATA_DIR", "/no/such/folder")), "There is no folder '/no/such/folder'.");

    [TestCase(
        "--mirror is 'ftp://host/', but must be an address that begins with https:// or http://. Run with --help for the options.",
        "--mirror",
        "ftp://host/")]
    [TestCase("--epochs is '0', but must be a whole number of at least 1. Run with --help for the options.", "train", "--epochs", "0")]
    [TestCase("--hidden is '12,x', but must be numbers of units above 0 with commas between them, such as 512,256.", "--hidden", "12,x")]
    [TestCase("There is no model 'none.zip'. Train one: train --out none.zip", "evaluate", "--model", "none.zip")]
    [TestCase("There is no model 'mnistml-out/model.zip'. Train one: train --out mnistml-out/model.zip", "evaluate")]
    [TestCase("There is no option --epoch. Did you mean --epochs? Run with --help for the options.", "--epoch", "3")]
    [TestCase("There is no option --recpie of train. Did you mean --recipe? Run with --help for the options.", "train", "--recpie", "fast")]
    [TestCase(
        "There is no option --verbos of study init. Run with --help for the options.", "study", "init", "--verbos")]
    [TestCase("There is no option --colour of export. Run with --help for the options.", "export", "--colour", "red")]
    [TestCase("There is no command 'trian'. Did you mean train? Run with --help for the options.", "trian")]
    [TestCase(
        "There is no command 'optimisers' after study. Did you mean optimizers? Run with --help for the options.", "study", "optimisers")]
    [TestCase("'now' is one word too many after train. Run with --help for the options.", "train", "now")]
    [TestCase("Required argument missing for option: '--epochs'. Run with --help for the options.", "train", "--epochs")]
    [TestCase("There is no model 'none.zip'. Train one: train --out none.zip", "export", "--model", "none.zip")]
    [TestCase(
        "'plot.gif' is to be a picture, but its name ends neither in .png nor in .svg; choose one of them.",
        "evaluate",
        "--confusion",
        "plot.gif")]
    [TestCase("--recipe is 'best', but must be classic, fast or accurate. Run with --help for the options.", "train", "--recipe", "best")]
    public void Run_OfAUsersMistake_FailsInOneLine(string message, params string[] arguments) => AssertFailure(Run(arguments), message);

    [Test]
    public void Evaluate_OfAFileThatIsNoModel_FailsInOneLine()
    {
        File.WriteAllBytes(Path.Combine(_work, "m.zip"), [1, 2, 3]);

        AssertFailure(
            Run("evaluate", "--model", "m.zip"),
            "'m.zip' is not a model that can be loaded: it is not a whole zip archive: Central Directory corrupt.");
        Assert.That(Run("evaluate", "--model", "m.zip", "--verbose").ErrorLines, Has.Length.GreaterThan(3));
    }

    [Test]
    public void Help_OfTheProgram_ShowsCommandsAndOptions()
    {
        var help = Run("--help").Output;

        Assert.That(
            help, Does.Contain("train").And.Contain("evaluate").And.Contain("--recipe").And.Contain("--epochs").And.Contain("--hidden")
            .And.Contain("--seed").And.Contain("--data").And.Contain("--mirror").And.Contain("--out").And.Contain("--json"));
    }

    private HostResult Run(params string[] arguments) => Host.Run("MnistML.Console", _work, arguments);

    private static string[] NamesIn(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    private JsonDocument ReadJson(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(_work, name)));

    private static double TestAccuracy(HostResult result)
    {
        const string Prefix = "Test accuracy: ";
        return double.Parse(
            result.OutputLines.Single(line => line.StartsWith(Prefix, StringComparison.Ordinal))[Prefix.Length..],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void AssertFailure(HostResult result, string message)
    {
        Assert.That(result.ErrorLines, Is.EqualTo([message]));
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }
}
