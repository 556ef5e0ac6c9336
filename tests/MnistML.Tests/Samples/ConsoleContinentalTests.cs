using System.Globalization;
using MnistML.Datasets;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>Ones with flags and sevens with bars, which the console adds to the training images.</summary>
internal sealed class ConsoleContinentalTests
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
    public void Train_WithContinental_AddsThemToTheTrainingImages()
    {
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 500, testCount: 100, seed: 1);

        var result = Run("train", "--data", "../digits", "--epochs", "1", "--continental", "1200");
        var evaluation = Run("evaluate", "--data", "../digits");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Has.Some.EqualTo("Added: 1,200 drawn ones and sevens with flags, bases and bars"));
        Assert.That(evaluation.OutputLines, Has.Some.Match(@"^\s*Training rows\s+1,700$"));
    }

    [Test]
    public void Train_OfOtherImages_WithContinental_IsRefused()
    {
        var files = MnistFiles.In(Directory.CreateDirectory(_folder.PathOf("small")).FullName);
        foreach (var (images, labels) in (ReadOnlySpan<(string, string)>)
            [(files.TrainImages, files.TrainLabels), (files.TestImages, files.TestLabels)])
        {
            IdxFile.Write<byte>(images, new byte[4 * 6], [4, 2, 3]);
            IdxFile.Write<byte>(labels, [0, 1, 2, 1], [4]);
        }

        var result = Run("train", "--data", "../small", "--continental", "10");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(
            result.Error.Trim(),
            Is.EqualTo(
                "--continental adds digits of 28 × 28 pixels, but small has 3 classes of 2 × 3 pixels: leave it out, or take MNIST."));
    }

    [Test]
    public void Train_OfImagesThatAreNotOfBytes_WithContinental_IsRefused()
    {
        var files = MnistFiles.In(Directory.CreateDirectory(_folder.PathOf("single")).FullName);
        foreach (var (images, labels) in (ReadOnlySpan<(string, string)>)
            [(files.TrainImages, files.TrainLabels), (files.TestImages, files.TestLabels)])
        {
            IdxFile.Write<float>(images, new float[10 * 784], [10, 28, 28]);
            IdxFile.Write<byte>(labels, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10]);
        }

        var result = Run("train", "--data", "../single", "--continental", "10");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain("adds digits of one byte a pixel, but").And.Contain("holds Single 10×28×28: leave it out"));
    }

    [Test]
    public void Train_WithTooManyContinental_IsRefused()
    {
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 50, testCount: 10, seed: 1);

        var result = Run("train", "--data", "../digits", "--continental", "2000000000");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(
            result.Error.Trim(),
            Is.EqualTo("--continental is 2,000,000,000, but must be at most 1,000,000; some thousands are enough."));
    }

    [Test]
    [NeedsRealMnist]
    public void Train_OnMnistWithContinental_ReadsThemAndMnistAsBefore()
    {
        SyntheticDigits.WriteContinental(_folder.PathOf("continental"), trainCount: 10, testCount: 2_000, seed: 2);
        var mnist = Path.GetDirectoryName(RealMnist.Files.TrainImages)!;

        Run("train", "--data", mnist, "--epochs", "1", "--seed", "1", "--out", "without.zip");
        Run("train", "--data", mnist, "--epochs", "1", "--seed", "1", "--out", "with.zip", "--continental", "3000");

        Assert.That(Accuracy("with.zip", "../continental"), Is.GreaterThan(0.98));
        Assert.That(Accuracy("without.zip", "../continental"), Is.LessThan(0.95));
        Assert.That(Accuracy("with.zip", mnist), Is.EqualTo(Accuracy("without.zip", mnist)).Within(0.004));
    }

    private double Accuracy(string model, string data)
    {
        const string Start = "Test accuracy: ";
        var line = Run("evaluate", "--model", model, "--data", data).OutputLines
            .Single(line => line.StartsWith(Start, StringComparison.Ordinal));
        return double.Parse(line[Start.Length..], CultureInfo.InvariantCulture);
    }

    private HostResult Run(params string[] arguments) => Host.Run("MnistML.Console", _work, arguments);
}
