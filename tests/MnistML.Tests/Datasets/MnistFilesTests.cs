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

    [TestCase("Train-Images-IDX3-ubyte", "TRAIN-LABELS-IDX1-UBYTE.GZ", "t10k-images.Idx3-ubyte", "T10K-labels-idx1-ubyte")]
    public void Find_OfNamesInAnotherCase_GivesTheirPaths(params string[] names)
    {
        using var folder = new TemporaryFolder();
        foreach (var name in names)
        {
            folder.Write(name, []);
        }

        Assert.That(MnistFiles.Find(folder.Path).TrainImages, Is.EqualTo(folder.PathOf(names[0])));
        Assert.That(MnistFiles.Find(folder.Path).TestLabels, Is.EqualTo(folder.PathOf(names[3])));
    }

    [TestCase("MNIST/raw", "")]
    [TestCase("MNIST/raw", "MNIST")]
    [TestCase("MNIST/raw", "MNIST/raw")]
    [TestCase("mnist/raw", "")]
    public void Find_WhereTorchvisionPutsThem_GivesTheirPaths(string place, string named)
    {
        using var folder = new TemporaryFolder();
        WriteEmpty(folder, place);
        WriteEmpty(folder, "FashionMNIST/raw");

        var files = MnistFiles.Find(folder.PathOf(named));

        Assert.That(files, Is.EqualTo(MnistFiles.In(folder.PathOf(place))));
        Assert.That(MnistDataset.FashionMnist.Find(folder.Path), Is.EqualTo(MnistFiles.In(folder.PathOf("FashionMNIST/raw"))));
    }

    [TestCaseSource(typeof(MnistDatasetTests), nameof(MnistDatasetTests.All))]
    public void Find_WhereTorchvisionPutsASet_FindsIt(MnistDataset dataset)
    {
        string[] torchvision = ["MNIST", "FashionMNIST", "KMNIST", "QMNIST", "EMNIST", "EMNIST", "EMNIST"];
        using var folder = new TemporaryFolder();
        var raw = Directory.CreateDirectory(
            folder.PathOf($"{torchvision[Array.IndexOf(MnistDatasetTests.All, dataset)]}/raw")).FullName;
        foreach (var file in dataset.Files)
        {
            File.WriteAllBytes(Path.Combine(raw, file.Name), []);
        }

        Assert.That(dataset.Find(folder.Path).TestLabels, Is.EqualTo(Path.Combine(raw, dataset.TestLabels.Name)));
    }

    [Test]
    public void Find_OfFilesElsewhereBelow_NamesTheirFolder()
    {
        using var folder = new TemporaryFolder();
        WriteEmpty(folder, "datasets/digits");

        Assert.That(() => MnistFiles.Find(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.EndsWith(
            $"MNIST consists of 4 files. Files of these names are in '{folder.PathOf("datasets/digits")}': name that folder, if they are "
            + "the ones."));
    }

    [Test]
    public void Find_BesideAZipArchive_NamesIt()
    {
        using var folder = new TemporaryFolder();
        var archive = folder.Write("archive.zip", [.. "PK"u8, 5, 6, .. new byte[18]]);

        Assert.That(() => MnistFiles.Find(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.EndsWith(
            $"MNIST consists of 4 files. There is a zip archive, '{archive}': unpack it, and name the folder that holds them then."));
        Assert.That(() => MnistFiles.Find(archive), Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo(
            $"'{archive}' is a zip archive, but the 4 files of MNIST are read from a folder: unpack it, and name the folder that holds "
            + "them."));
    }

    [Test]
    public void Find_OfAFile_NamesItsFolder()
    {
        using var folder = new TemporaryFolder();
        WriteEmpty(folder, "digits");
        var images = MnistFiles.In(folder.PathOf("digits")).TrainImages;
        var other = folder.Write("x", []);

        Assert.That(() => MnistFiles.Find(images), Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo(
            $"'{images}' is a file, but the folder of the 4 files of MNIST is to be named: '{folder.PathOf("digits")}'."));
        Assert.That(() => MnistFiles.Find(other), Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo(
            $"'{other}' is a file, but the folder of the 4 files of MNIST is to be named."));
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

    private static void WriteEmpty(TemporaryFolder folder, string place)
    {
        Directory.CreateDirectory(folder.PathOf(place));
        foreach (var path in (string[])[.. Paths(MnistFiles.In(folder.PathOf(place)))])
        {
            File.WriteAllBytes(path, []);
        }

        static string[] Paths(MnistFiles files) => [files.TrainImages, files.TrainLabels, files.TestImages, files.TestLabels];
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
