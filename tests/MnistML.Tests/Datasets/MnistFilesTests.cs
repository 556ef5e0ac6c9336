using MnistML.Datasets;
using MnistML.Datasets.Synthetic;
using MnistML.Tests.Support;

namespace MnistML.Tests.Datasets;

internal sealed class MnistFilesTests
{
    [TestCase("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")]
    [TestCase("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")]
    [TestCase("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte")]
    [TestCase("train-images.idx3-ubyte.gz", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels.idx1-ubyte.gz")]
    public void Find_OfNamesThatAreSeen_GivesTheirPaths(params string[] names)
    {
        using var folder = new TemporaryFolder();
        foreach (var name in names)
        {
            folder.Write(name, []);
        }

        Assert.That(MnistFiles.Find(folder.Path), Is.EqualTo(
            new MnistFiles(folder.PathOf(names[0]), folder.PathOf(names[1]), folder.PathOf(names[2]), folder.PathOf(names[3]))));
    }

    [Test]
    public void Find_OfMissingFiles_NamesEach()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train-images-idx3-ubyte.gz", []);
        folder.Write("t10k-labels-idx1-ubyte", []);

        Assert.That(() => MnistFiles.Find(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.EqualTo(
            $"'{folder.Path}' does not hold train-labels-idx1-ubyte, t10k-images-idx3-ubyte (raw or .gz), but MNIST consists of 4 files."));
    }

    [Test]
    public void Find_OfNoFolder_SaysSo() => Assert.That(
        () => MnistFiles.Find("/no/such/folder"),
        Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo("There is no folder '/no/such/folder'."));

    [Test]
    public void Write_OfSyntheticDigits_IsReadBackByTheLoader()
    {
        using var folder = new TemporaryFolder();
        var files = SyntheticDigits.Write(folder.PathOf("digits"), trainCount: 30, testCount: 20, seed: 4);

        Assert.That(MnistFiles.Find(folder.PathOf("digits")), Is.EqualTo(files));
        var train = (files.TrainImages, files.TrainLabels, DigitSplit.Train, 30);
        var test = (files.TestImages, files.TestLabels, DigitSplit.Test, 20);
        foreach (var (images, labels, split, count) in new[] { train, test })
        {
            var drawn = SyntheticDigits.Draw(count, seed: 4, split);
            byte[] header = [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 28, 0, 0, 0, 28];
            byte[] labelHeader = [0, 0, 8, 1, 0, 0, 0, (byte)count];
            Assert.That(File.ReadAllBytes(images), Is.EqualTo((byte[])[.. header, .. drawn.Images]));
            Assert.That(File.ReadAllBytes(labels), Is.EqualTo((byte[])[.. labelHeader, .. drawn.Labels]));
        }
    }

    [Test]
    public void GetDirectory_OnLinux_FollowsXdg()
    {
        Assume.That(OperatingSystem.IsLinux());
        var before = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        try
        {
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", "/somewhere");
            Assert.That(DatasetCache.GetDirectory("mnist"), Is.EqualTo("/somewhere/mnistml/mnist"));

            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", "relative");
            Assert.That(DatasetCache.GetDirectory("mnist"), Does.EndWith("/.cache/mnistml/mnist"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", before);
        }
    }
}
