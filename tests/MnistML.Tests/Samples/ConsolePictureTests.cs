using Microsoft.ML;
using MnistML.Datasets;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Samples;

/// <summary>The commands that draw, read and explain, as their users run them.</summary>
internal sealed class ConsolePictureTests
{
    private TemporaryFolder _folder = null!;
    private string _work = "";

    [OneTimeSetUp]
    public void TrainAModel()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
        Directory.CreateDirectory(_folder.PathOf("small"));
        foreach (var (name, content) in SmallDataset.Served)
        {
            _folder.Write(Path.Combine("small", name), content);
        }

        var trained = Run(
            "train", "--data", "../digits", "--hidden", "32", "--epochs", "3", "--seed", "1", "--validation", "0.1", "--out", "m.zip",
            "--plots", "plots");
        Assert.That((trained.ExitCode, trained.Error), Is.EqualTo((0, "")));
        Assert.That(Run("train", "--data", "../small", "--epochs", "1", "--out", "small.zip", "--plots", "small-plots").ExitCode, Is.Zero);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("plots")]
    [TestCase("small-plots")]
    public void Train_WithPlots_WritesEachPicture(string folder)
    {
        Assert.That(
            Directory.EnumerateFiles(Path.Combine(_work, folder)).Select(Path.GetFileName).Order(),
            Is.EqualTo(["accuracy.svg", "confusion.png", "loss.svg", "mistakes.png", "weights.png"]));
        foreach (var name in (string[])["confusion.png", "mistakes.png", "weights.png"])
        {
            using var picture = SKBitmap.Decode(Path.Combine(_work, folder, name));
            Assert.That(picture.Pixels.Distinct().Count(), Is.GreaterThan(20), name);
        }

        Assert.That(File.ReadAllText(Path.Combine(_work, folder, "loss.svg")), Does.Contain("<path").And.EndsWith("</svg>\n"));
    }

    [Test]
    public void Show_OfADataSet_WritesASheet()
    {
        var result = Run("show", "--data", "../digits", "--count", "12", "--out", "sheets/digits.png");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(
            result.OutputLines,
            Is.EqualTo(
                ["Data: digits, 1,500 training and 200 test images, from ../digits", "Sheet of 12 images written: sheets/digits.png"]));
        using var picture = SKBitmap.Decode(Path.Combine(_work, "sheets", "digits.png"));
        Assert.That((picture.Width, picture.Height), Is.EqualTo((962, 272)));
    }

    [Test]
    public void Evaluate_OfAModel_DrawsItsConfusionMatrixWhereItSays()
    {
        var result = Run("evaluate", "--model", "m.zip", "--data", "../digits", "--confusion", "drawn/confusion.svg");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Has.Some.Contains("Confusion matrix: drawn/confusion.svg"));
        Assert.That(File.Exists(Path.Combine(_work, "drawn", "confusion.svg")));
    }

    [Test]
    public void Explain_OfLogits_ShowsEachStep()
    {
        var result = Run("explain", "--logits", "2,1,-1", "--label", "0", "--logits", "-1,2,0.5", "--label", "1");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Is.EqualTo([
            "Row 0, label 0",
            "class    logit z    z - max  e^(z - max)  softmax p",
            "0         2.0000     0.0000       1.0000     0.7054  <- label",
            "1         1.0000    -1.0000       0.3679     0.2595",
            "2        -1.0000    -3.0000       0.0498     0.0351",
            "sum                               1.4177     1.0000",
            "Probability of the label 0: p = 1.0000 / 1.4177 = 0.7054",
            "Loss: -ln p = ln 1.4177 - (0.0000) = 0.3490",
            "Row 1, label 1",
            "class    logit z    z - max  e^(z - max)  softmax p",
            "0        -1.0000    -3.0000       0.0498     0.0391",
            "1         2.0000     0.0000       1.0000     0.7856  <- label",
            "2         0.5000    -1.5000       0.2231     0.1753",
            "sum                               1.2729     1.0000",
            "Probability of the label 1: p = 1.0000 / 1.2729 = 0.7856",
            "Loss: -ln p = ln 1.2729 - (0.0000) = 0.2413",
            "Loss of the batch: (0.3490 + 0.2413) / 2 = 0.2952",
            "No one-hot encoding is needed: with y = (1, 0, 0) the sum -(y0 ln p0 + y1 ln p1 + ...) has one term that is not 0, that of "
            + "the label; the label's number, 0, picks it.",
            "e^(z - max) instead of e^z gives the same softmax, and can't overflow; the loss is taken from the logits, since ln p would "
            + "be infinite where p is rounded to 0.",
        ]));
    }

    /// <summary>By hand: 1 / (1 + e^-2) = 1 / 1.13534 = 0.8808, and ln 1.13534 = 0.1269.</summary>
    [Test]
    public void Explain_OfBinaryLogits_ShowsEachStep()
    {
        var result = Run("explain", "--task", "binary", "--logits", "2", "--label", "1", "--logits", "-800", "--label", "1");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Is.EqualTo([
            "Row 0, label true (y = 1)",
            "logit z                                          2.0000",
            "sigmoid p = 1 / (1 + e^-z), that of true         0.8808",
            "1 - p, that of false                             0.1192",
            "Probability of the label true: 0.8808",
            "Loss: -ln 0.8808 = max(z, 0) - z y + ln(1 + e^-|z|) = 2.0000 - (2.0000) + 0.1269 = 0.1269",
            "Slope of the loss by z: p - y = 0.8808 - 1 = -0.1192",
            "Row 1, label true (y = 1)",
            "logit z                                       -800.0000",
            "sigmoid p = 1 / (1 + e^-z), that of true         0.0000",
            "1 - p, that of false                             1.0000",
            "Probability of the label true: 0.0000",
            "Loss: -ln 0.0000 = max(z, 0) - z y + ln(1 + e^-|z|) = 0.0000 - (-800.0000) + 0.0000 = 800.0000",
            "Slope of the loss by z: p - y = 0.0000 - 1 = -1.0000",
            "Loss of the batch: (0.1269 + 800.0000) / 2 = 400.0635",
            "One logit is enough for two classes: sigmoid(z) is what the softmax of the two logits (0, z) gives to the second. Only the "
            + "difference of two logits counts, so one of them can be 0.",
            "The loss is taken from the logit, since ln p would be infinite where p is rounded to 0, and e^-|z| can't overflow.",
        ]));
    }

    [Test]
    public void Explain_OfTestImages_ShowsThemAndTheirBatch()
    {
        var result = Run("explain", "--model", "m.zip", "--data", "../digits", "--index", "3,0");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(
            result.OutputLines.Where(line => line.StartsWith("Test image", StringComparison.Ordinal)),
            Has.Exactly(2).Items.And.One.StartsWith("Test image 3, label ").And.One.StartsWith("Test image 0, label "));
        Assert.That(
            result.OutputLines,
            Has.Some.Match(@"^Loss of the batch: \(\d+\.\d{4} \+ \d+\.\d{4}\) / 2 = \d+\.\d{4}$").And.Some.Contains("@@"));
    }

    [Test]
    public void Explain_ByTwoNetworks_SaysHowTheyAreJoined()
    {
        Run("train", "--data", "../digits", "--recipe", "accurate", "--hidden", "8", "--epochs", "1", "--out", "two.zip");

        var result = Run("explain", "--model", "two.zip", "--data", "../digits", "--index", "0");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(
            result.OutputLines,
            Has.Some.EqualTo("The model is 2 networks: z is ln of the mean of their probabilities, so that softmax gives that mean."));
    }

    [Test]
    public void Predict_OfSeveralPicturesOneBad_ClassifiesTheOthers()
    {
        _folder.Write("work/a.png", Drawn.Text("3"));
        _folder.Write("work/b.png", [1, 2, 3]);
        _folder.Write("work/c.jpg", Drawn.Text("7", asJpeg: true));

        var result = Run("predict", "--model", "m.zip", "a.png", "b.png", "c.*");

        Assert.That(result.ErrorLines, Is.EqualTo(["b.png: it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can."]));
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(
            result.OutputLines,
            Has.Length.EqualTo(2).And.All.Match(@"^[ac]\.\w+: \d \(\d+\.\d %\), \d \(\d+\.\d %\), \d \(\d+\.\d %\)(; not sure: .+)?$"));
    }

    [Test]
    public void Predict_OfSeveralBadPictures_WritesALineForEach()
    {
        _folder.Write("work/d.png", [1, 2, 3]);

        var result = Run("predict", "--model", "m.zip", "none.png", "*.tiff", "d.png");

        Assert.That(result.ErrorLines, Is.EqualTo([
            "none.png: there is no such file or folder.",
            "*.tiff: no file matches the pattern.",
            "d.png: it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can.",
        ]));
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
    }

    [Test]
    public void Predict_OfAFolder_TakesEachKindOfPicture()
    {
        Directory.CreateDirectory(_folder.PathOf("work/scans"));
        string[] pictures = ["a.png", "b.JPG", "c.jpeg", "d.bmp", "e.gif", "f.webp", "g"];
        foreach (var name in pictures)
        {
            _folder.Write($"work/scans/{name}", Drawn.InTheFormOf(Path.GetExtension(name), Drawn.Text("3")));
        }

        _folder.Write("work/scans/notes.txt", "not a picture"u8.ToArray());
        _folder.Write("work/scans/empty", []);

        var folder = Run("predict", "--model", "m.zip", "scans");
        var named = Run(["predict", "--model", "m.zip", .. pictures.Select(name => $"scans/{name}")]);

        Assert.That((folder.ExitCode, folder.Error), Is.EqualTo((0, "")));
        Assert.That(folder.OutputLines.Select(line => line.Split(':')[0]), Is.EqualTo(pictures.Select(name => $"scans/{name}")));
        Assert.That(folder.Output, Is.EqualTo(named.Output));
    }

    [Test]
    public void Predict_WithShow_DrawsWhatTheNetworkSees()
    {
        _folder.Write("work/shown.png", Drawn.Text("1"));

        var result = Run("predict", "--model", "m.zip", "--show", "shown.png");

        Assert.That(result.Output.Split('\n').Skip(1).SkipLast(1), Has.Exactly(28).Items.And.Exactly(20).Contains("@@"));
    }

    [TestCase("none.png: there is no such file or folder.", "--model", "m.zip", "none.png")]
    [TestCase("*.bmp: no file matches the pattern.", "--model", "m.zip", "*.bmp")]
    [TestCase("plots-of-nobody/*.png: no file matches the pattern.", "--model", "m.zip", "plots-of-nobody/*.png")]
    [TestCase(
        "The model 'small.zip' takes 15 features, but pictures are brought to MNIST's form, 28 × 28 = 784. Use a model that was trained "
        + "on images of that size.",
        "--model",
        "small.zip",
        "x.png")]
    public void Predict_OfAUsersMistake_FailsInOneLine(string message, params string[] arguments) =>
        AssertFailure(Run(["predict", .. arguments]), message);

    [TestCase("evaluate", "--data", "../digits", "--model", "number.zip")]
    [TestCase("predict", "x.png", "--model", "number.zip")]
    [TestCase("explain", "--data", "../digits", "--index", "0", "--model", "number.zip")]
    public void Commands_OfAModelForAnotherTask_SayWhichTheyTake(params string[] arguments)
    {
        var mlContext = new MLContext(seed: 1);
        var data = TaskCase.Data(mlContext, rows: 20);
        using var model = TaskCase.Trainer(mlContext, new TaskCase(MlpTask.Regression).Small).Fit(data);
        mlContext.Model.Save(model, data.Schema, Path.Combine(_work, "number.zip"));

        AssertFailure(
            Run(arguments),
            "The model 'number.zip' is for Regression, but digits are of many classes. Use a model for Multiclass, as train saves it.");
    }

    [TestCase("--label is 3, but the 3 logits are of the classes 0 to 2.", "--logits", "2,1,-1", "--label", "3")]
    [TestCase(
        "There are 1 --logits and 0 --label, but each row of logits needs one label, for example --logits 2,1,-1 --label 0.",
        "--logits",
        "2,1,-1")]
    [TestCase("--index is 200, but the test set has 200 images, 0 to 199.", "--model", "m.zip", "--data", "../digits", "--index", "200")]
    [TestCase(
        "explain takes either --index, for example --model model.zip --index 0, or --logits with --label, "
        + "for example --logits 2,1,-1 --label 0.",
        "--model",
        "m.zip")]
    [TestCase("There is no model 'mnistml-out/model.zip'. Train one: train --out mnistml-out/model.zip", "--index", "0")]
    [TestCase(
        "--task is binary, but images are of many classes; give a logit instead, for example --task binary --logits 2 --label 1.",
        "--task",
        "binary",
        "--index",
        "0")]
    [TestCase(
        "--task is 'regression', but must be multiclass or binary. Run with --help for the options.",
        "--task",
        "regression",
        "--logits",
        "2",
        "--label",
        "1")]
    [TestCase(
        "--logits is '2,1', but --task binary has one logit a row; for several rows give --logits and --label again.",
        "--task",
        "binary",
        "--logits",
        "2,1",
        "--label",
        "1")]
    [TestCase(
        "--label is 2, but --task binary has the labels 1, which is true, and 0, which is false.",
        "--task",
        "binary",
        "--logits",
        "2",
        "--label",
        "2")]
    public void Explain_OfAUsersMistake_FailsInOneLine(string message, params string[] arguments) =>
        AssertFailure(Run(["explain", .. arguments]), message);

    [TestCase("show", "--data", "../digits", "--count", "3")]
    [TestCase("explain", "--model", "m.zip", "--data", "../digits", "--index", "1")]
    [TestCase("explain", "--logits", "2,1,-1", "--label", "0")]
    [TestCase("evaluate", "--model", "m.zip", "--data", "../digits")]
    [NeedsTerminal]
    public void Run_InATerminal_FitsEightyColumns(params string[] arguments)
    {
        var result = PseudoTerminal.Run("MnistML.Console", _work, arguments);

        Assert.That(result.ExitCode, Is.Zero, result.Screen.Text);
        Assert.That(
            result.Screen.OverflowingLines.Where(line => !Advice.IsPieceOfProject(_work, line)), Is.Empty, result.Screen.Text);
    }

    private HostResult Run(params string[] arguments) => Host.Run("MnistML.Console", _work, arguments);

    private static void AssertFailure(HostResult result, string message)
    {
        Assert.That(result.ErrorLines, Is.EqualTo([message]));
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }
}
