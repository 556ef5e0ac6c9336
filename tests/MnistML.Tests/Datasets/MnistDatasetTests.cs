using Microsoft.ML;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Datasets;

/// <summary>What holds of every data set of the catalogue.</summary>
public sealed class MnistDatasetTests
{
    public static readonly MnistDataset[] All =
    [
        MnistDataset.Mnist, MnistDataset.FashionMnist, MnistDataset.KuzushijiMnist, MnistDataset.QMnist,
        MnistDataset.EmnistDigits, MnistDataset.EmnistLetters, MnistDataset.EmnistBalanced,
    ];

    [Test]
    public void Catalogue_Names_AreUniqueAndFitForFolders()
    {
        Assert.That(All.Select(dataset => dataset.Name), Is.Unique);
        Assert.That(All.Select(dataset => dataset.Name), Has.All.Match("^[a-z-]+$"));
    }

    [TestCaseSource(nameof(All))]
    public void Catalogue_Mirrors_AreSecureFirst(MnistDataset dataset)
    {
        Assert.That(dataset.Mirrors, Is.Not.Empty);
        Assert.That(dataset.Mirrors[0].Scheme, Is.EqualTo("https"));
        Assert.That(dataset.Mirrors, Has.All.Property(nameof(Uri.IsAbsoluteUri)).True);
    }

    [TestCaseSource(nameof(All))]
    public void Catalogue_Files_HaveSizesOfTheirDimensionsAndWholeHashes(MnistDataset dataset)
    {
        foreach (var file in dataset.Files)
        {
            Assert.That(file.UnpackedByteCount, Is.GreaterThan(10_000), file.Name);
            Assert.That((string?[])[file.PackedSha256, file.UnpackedSha256], Has.Some.Not.Null, file.Name);
            Assert.That(new[] { file.PackedSha256, file.UnpackedSha256 }.OfType<string>(), Has.All.Match("^[0-9a-f]{64}$"), file.Name);
        }

        Assert.That((dataset.TrainImages.UnpackedByteCount - 16) % 784, Is.Zero);
        Assert.That((dataset.TestImages.UnpackedByteCount - 16) % 784, Is.Zero);
        Assert.That(dataset.Files.Select(file => file.Name), Is.Unique);
    }

    [TestCaseSource(nameof(All))]
    public void Catalogue_ImagesAndLabels_AreAsMany(MnistDataset dataset)
    {
        Assert.That(LabelCount(dataset.TrainLabels, dataset), Is.EqualTo(ImageCount(dataset.TrainImages)));
        Assert.That(LabelCount(dataset.TestLabels, dataset), Is.EqualTo(ImageCount(dataset.TestImages)));
    }

    [TestCaseSource(nameof(All))]
    public void Catalogue_AboutTheData_IsGiven(MnistDataset dataset)
    {
        Assert.That(dataset.ClassNames, Is.Unique.And.Count.GreaterThanOrEqualTo(10));
        Assert.That(dataset.License, Is.Not.Empty);
        Assert.That(dataset.Citation, Is.Not.Empty);
        Assert.That(dataset.Title, Is.Not.Empty);
    }

    [Test]
    public void Catalogue_ClassCounts_AreThePublishedOnes() =>
        Assert.That(All.Select(dataset => dataset.ClassNames.Count), Is.EqualTo(new[] { 10, 10, 10, 10, 10, 26, 47 }));

    [Test]
    [NeedsRealMnist]
    public void Mnist_HashesAndSizes_AreThoseOfTheRealFiles()
    {
        var files = RealMnist.Files;
        string[] paths = [files.TrainImages, files.TrainLabels, files.TestImages, files.TestLabels];
        foreach (var (path, file) in paths.Zip(MnistDataset.Mnist.Files))
        {
            var bytes = Unpacked(path);
            Assert.That(bytes, Has.Length.EqualTo(file.UnpackedByteCount));
            Assert.That(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), Is.EqualTo(file.UnpackedSha256));
        }
    }

    [Test]
    public void CreateLoaderOptions_EmnistLetters_StartAtOneAndLieOnTheirSide()
    {
        var options = MnistDataset.EmnistLetters.CreateLoaderOptions();

        Assert.That(options, Is.EqualTo(
            new IdxLoaderOptions { ClassNames = MnistDataset.EmnistLetters.ClassNames, FirstLabel = 1, Transpose = true }));
    }

    [Test]
    public void CreateLoaderOptions_QMnist_NamesTheFieldOfTheTable() => Assert.That(
        MnistDataset.QMnist.CreateLoaderOptions(),
        Is.EqualTo(new IdxLoaderOptions { ClassNames = MnistDataset.QMnist.ClassNames, LabelField = 0 }));

    [Test]
    public void CreateLoaderOptions_Mnist_OnlyNamesTheClasses() => Assert.That(
        MnistDataset.Mnist.CreateLoaderOptions(),
        Is.EqualTo(new IdxLoaderOptions { ClassNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] }));

    private static long ImageCount(DatasetFile file) => (file.UnpackedByteCount - 16) / 784;

    private static long LabelCount(DatasetFile file, MnistDataset dataset) =>
        dataset.LabelField is null ? file.UnpackedByteCount - 8 : (file.UnpackedByteCount - 12) / (8 * sizeof(int));

    private static byte[] Unpacked(string path)
    {
        using var bytes = new MemoryStream();
        using var file = File.OpenRead(path);
        using var unpacked = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress);
        unpacked.CopyTo(bytes);
        return bytes.ToArray();
    }
}
