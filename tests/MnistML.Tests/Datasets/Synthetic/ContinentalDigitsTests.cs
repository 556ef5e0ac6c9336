using System.Security.Cryptography;
using MnistML.Datasets;
using MnistML.Datasets.Synthetic;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Datasets.Synthetic;

internal sealed class ContinentalDigitsTests
{
    private const int Seed = 7;
    private const int Pixels = 784;

    [Test]
    public void WriteContinental_GivesOnesAndSevens_EachAsOftenAsTheOther()
    {
        using var folder = new TemporaryFolder();
        var files = SyntheticDigits.WriteContinental(folder.Path, trainCount: 100, testCount: 30, Seed);

        var labels = IdxFile.Read(files.TrainLabels).ToArray<byte>();
        Assert.That(labels.Distinct().Order(), Is.EqualTo(new byte[] { 1, 7 }));
        Assert.That(labels.Count(label => label == 1), Is.EqualTo(50));
        Assert.That(labels.Chunk(2).Select(pair => pair[0]).Distinct().Count(), Is.EqualTo(2), "in no fixed order");
        Assert.That(IdxFile.Read(files.TrainImages).Header.Dimensions, Is.EqualTo(new[] { 100, 28, 28 }));
        Assert.That(IdxFile.Read(files.TestImages).Header.Dimensions, Is.EqualTo(new[] { 30, 28, 28 }));
    }

    // The bytes are a promise to users who keep results by seed: a change of the drawing changes the data set.
    [Test]
    public void WriteContinental_OfAKnownSeed_HasAKnownHash()
    {
        var (images, labels) = SyntheticDigits.Draw(50, Seed, DigitSplit.Train, glyphs: DigitGlyphs.Continental);

        Assert.That(
            Convert.ToHexString(SHA256.HashData([.. images, .. labels])),
            Is.EqualTo("B09B68B6F6316B926078E368F2C05835AB2D81D127E7B6AFFD6C7479F20ED38C"));
    }

    [Test]
    public void WriteContinental_DrawsNoImageTwice_NorOneOfTheUsualDigits()
    {
        using var folder = new TemporaryFolder();
        var files = SyntheticDigits.WriteContinental(folder.Path, trainCount: 200, testCount: 200, Seed);
        byte[] images =
        [
            .. IdxFile.Read(files.TrainImages).ToArray<byte>(), .. IdxFile.Read(files.TestImages).ToArray<byte>(),
            .. SyntheticDigits.Draw(200, Seed, DigitSplit.Train).Images,
        ];

        Assert.That(images.Chunk(Pixels).Select(image => Convert.ToHexString(SHA256.HashData(image))), Is.Unique);
    }

    [Test]
    public void WriteContinental_OfANegativeCount_IsRefusedBeforeAnythingIsWritten()
    {
        using var folder = new TemporaryFolder();

        Assert.That(
            () => SyntheticDigits.WriteContinental(folder.Path, trainCount: -1, testCount: 1, Seed),
            Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(folder.Names, Is.Empty);
    }
}
