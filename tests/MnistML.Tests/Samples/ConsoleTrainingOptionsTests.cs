using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>What a user would try from the command line, each seen in what is trained.</summary>
internal sealed partial class ConsoleTrainingOptionsTests
{
    private TemporaryFolder _folder = null!;
    private string _work = "";
    private string[] _unchanged = [];

    [OneTimeSetUp]
    public void DrawDigits()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
        _unchanged = Losses(Train());
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("SGD(learning rate 0.1, momentum 0.9), learning rate by one cycle, batches of 256", "--optimizer", "sgd")]
    [TestCase(
        "Adam(learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1E-08, weight decay 0), learning rate by one cycle",
        "--optimizer",
        "adam")]
    [TestCase("AdamW(learning rate 0.0005, beta1 0.9, beta2 0.999, epsilon 1E-08, weight decay 0.01)", "--lr", "0.0005")]
    [TestCase("SGD(learning rate 0.02, momentum 0.9)", "--optimizer", "sgd", "--lr", "0.02")]
    [TestCase("standardized features, dropout 0.4", "--dropout", "0.4")]
    [TestCase("batches of 50", "--batch", "50")]
    [TestCase("20 % set aside to validate", "--validation", "0.2")]
    public void Train_WithAnOption_TrainsByIt(string summary, params string[] arguments)
    {
        var result = Train(arguments);

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines.Single(line => line.StartsWith("Network:", StringComparison.Ordinal)), Does.Contain(summary));
        Assert.That(Losses(result), Has.Length.EqualTo(3).And.Not.EqualTo(_unchanged));
    }

    [TestCase("bfloat16", "bfloat16")]
    [TestCase("single", "Single")]
    [TestCase("single", "auto", Description = "the network is too small for more")]
    public void Train_WithAPrecision_TellsWhatWasUsed(string used, string wanted)
    {
        var result = Train("--precision", wanted, "--json", "p.json");

        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_work, "p.json")));
        Assert.That(json.RootElement.GetProperty("precision").GetString(), Is.EqualTo(used));
        Assert.That(result.OutputLines, Has.Some.StartsWith($"Computing in {used} ({wanted.ToLowerInvariant()} was asked for), on up to "));
        Assert.That(Losses(result), used == "single" ? Is.EqualTo(_unchanged) : Is.Not.EqualTo(_unchanged));
    }

    /// <summary>The second training begins where the first one ended: its first loss is below that of weights that are drawn.</summary>
    [Test]
    public void Train_FromAModel_GoesOnWithItsNetwork()
    {
        var first = Train("--out", "first.zip");
        var further = Host.Run(
            "MnistML.Console",
            _work,
            ["train", "--data", "../digits", "--from", "first.zip", "--epochs", "1", "--seed", "1", "--out", "further.zip"]);

        Assert.That(further.ExitCode, Is.Zero, further.Error);
        Assert.That(further.OutputLines, Has.Some.EqualTo("Going on from first.zip").And.Some.Contains("-32-10"));
        Assert.That(FirstLoss(further), Is.LessThan(FirstLoss(first) * 0.7));
    }

    [Test]
    public void Train_FromAModelThatIsNone_SaysSo()
    {
        var missing = Train("--from", "none.zip", "--epochs", "1");

        Assert.That(missing.ExitCode, Is.Not.Zero);
        Assert.That(missing.Error, Does.Contain("There is no model 'none.zip'"));
    }

    [Test]
    public void Train_WithAPrecisionThatIsNone_SaysSo()
    {
        var result = Train("--precision", "double");

        Assert.That(
            (result.ExitCode, result.Error),
            Is.EqualTo((1, "--precision is 'double', but must be auto, single or bfloat16. Run with --help for the options.\n")));
    }

    [Test]
    public void Train_WithTheRecipesOwnValues_TrainsAsWithout() =>
        Assert.That(
            Losses(
                Train(
                    "--optimizer", "adamw", "--lr", "0.003", "--dropout", "0", "--precision", "auto", "--batch", "256", "--validation",
                    "0")),
            Is.EqualTo(_unchanged));

    [Test]
    public void Train_WithValidation_TellsItsLossAndAccuracy()
    {
        var result = Train("--validation", "0.2", "--json", "v.json");

        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_work, "v.json")));
        Assert.That(result.OutputLines.Count(line => ValidationLine().IsMatch(line)), Is.EqualTo(3));
        Assert.That(
            json.RootElement.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetProperty("validation_accuracy").GetDouble()),
            Is.All.InRange(0.1, 1));
    }

    [Test]
    public void Train_WithPatience_StopsEarly()
    {
        var result = Train("--patience", "2", "--epochs", "200", "--lr", "0.02");

        var losses = Losses(result);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(losses, Has.Length.InRange(3, 199));
        Assert.That(
            result.OutputLines.Single(line => line.StartsWith("Network:", StringComparison.Ordinal)),
            Does.Contain("10 % set aside to validate"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Train_KilledAndStartedAgain_EndsAsOneThatRanThrough()
    {
        string[] arguments = ["--epochs", "40", "--dropout", "0.2", "--validation", "0.1"];
        var through = Train([.. arguments, "--out", "through.zip"]);

        string[] killed = [.. arguments, "--checkpoint", "training.checkpoint", "--out", "killed.zip"];
        using (var process = Host.Start("MnistML.Console", _work, AllArguments(killed)))
        {
            while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("Epoch 4/", StringComparison.Ordinal))
            {
            }

            process.Kill(); // SIGKILL: the process gets no chance to save anything
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.EqualTo(128 + 9));
        }

        Assert.That(File.Exists(Path.Combine(_work, "killed.zip")), Is.False);
        var resumed = Train([.. arguments, "--checkpoint", "training.checkpoint", "--out", "killed.zip"]);

        Assert.That(resumed.ExitCode, Is.Zero, resumed.Error);
        Assert.That(resumed.OutputLines, Has.Some.EqualTo("Going on from training.checkpoint"));
        Assert.That(Losses(resumed), Has.Length.LessThan(38).And.Not.Empty);
        Assert.That(Losses(resumed), Is.EqualTo(Losses(through)[^Losses(resumed).Length..]));
        Assert.That(Weights("killed.zip"), Is.EqualTo(Weights("through.zip")));
    }

    [Test]
    public void Train_ThatCannotGoOn_FailsInOneLineAsTheUsersMistake()
    {
        var diverged = Train("--optimizer", "sgd", "--lr", "1e30");
        Train("--epochs", "1", "--checkpoint", "other.checkpoint");
        var other = Train("--epochs", "1", "--dropout", "0.5", "--checkpoint", "other.checkpoint");

        Assert.That(
            diverged.ErrorLines,
            Has.Length.EqualTo(1).And.One.Contains(
                "The training diverged in epoch 1, batch ").And.One.Contains("Try a smaller learning rate"));
        Assert.That(diverged.ExitCode, Is.EqualTo(1));
        Assert.That(
            other.ErrorLines,
            Has.Length.EqualTo(1).And.One.StartsWith(
                "The checkpoint 'other.checkpoint' belongs to a different training run and cannot be resumed")
                .And.One.Contains("DropoutRate"));
        Assert.That(other.ExitCode, Is.EqualTo(1));
    }

    [TestCase("--optimizer is 'lion', but must be sgd, adam or adamw. Run with --help for the options.", "--optimizer", "lion")]
    [TestCase("--lr is '0', but must be a number above 0. Run with --help for the options.", "--lr", "0")]
    [TestCase("--lr is 'NaN', but must be a number above 0. Run with --help for the options.", "--lr", "NaN")]
    [TestCase("--dropout is '1', but must be a number at least 0 and below 1. Run with --help for the options.", "--dropout", "1")]
    [TestCase("--batch is '0', but must be a whole number of at least 1. Run with --help for the options.", "--batch", "0")]
    [TestCase(
        "--validation is '10%', but must be a number at least 0 and below 1. Run with --help for the options.", "--validation", "10%")]
    [TestCase("--patience is '0', but must be a whole number of at least 1. Run with --help for the options.", "--patience", "0")]
    [TestCase(
        "--patience needs images to validate with, but --validation is 0; leave it out, or set aside 0.1 for example.",
        "--patience",
        "2",
        "--validation",
        "0")]
    public void Train_WithAUsersMistake_FailsInOneLine(string message, params string[] arguments)
    {
        var result = Train(arguments);

        Assert.That(result.ErrorLines, Is.EqualTo([message]));
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public void Help_OfTrain_ExplainsEachOption()
    {
        var help = Host.Run("MnistML.Console", _work, ["train", "--help"]).OutputLines;

        foreach (var option in (string[])["--optimizer", "--lr", "--dropout", "--batch", "--validation", "--patience", "--checkpoint"])
        {
            Assert.That(help, Has.Exactly(1).Match($@"^{option} .*\w+ \w+ \w+"), option);
        }
    }

    private HostResult Train(params string[] arguments) => Host.Run("MnistML.Console", _work, AllArguments(arguments));

    /// <summary>Later ones win, so that a test may have its own number of epochs.</summary>
    private static string[] AllArguments(string[] arguments)
    {
        string[] ours = ["--data", "../digits", "--hidden", "32", "--seed", "1"];
        return ["train", .. ours, .. arguments.Contains("--epochs") ? (string[])[] : ["--epochs", "3"], .. arguments];
    }

    /// <summary>The lines of epochs without their seconds and numbers.</summary>
    private static string[] Losses(HostResult result) =>
        [
            .. result.OutputLines.Select(line => EpochLine().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["loss"].Value),
        ];

    private static double FirstLoss(HostResult result) =>
        double.Parse(Losses(result)[0].Split(' ', ',')[1], CultureInfo.InvariantCulture);

    private byte[] Weights(string zip)
    {
        var model = new MLContext().Model.LoadMlp(Path.Combine(_work, zip), out _);
        using var transformer = MlpTransformer.Find(model)!;
        using var weights = new MemoryStream();
        transformer.Model.Save(weights);
        return weights.ToArray();
    }

    [GeneratedRegex(@"^Epoch \d+/\d+, (?<loss>Loss: .*), \d+\.\d\d s$")]
    private static partial Regex EpochLine();

    [GeneratedRegex(@"^Epoch \d/3, Loss: \d\.\d{4}, Validation loss: \d\.\d{4}, accuracy: [01]\.\d{4}, \d+\.\d\d s$")]
    private static partial Regex ValidationLine();
}
