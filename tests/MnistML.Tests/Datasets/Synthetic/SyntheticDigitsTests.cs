using System.Security.Cryptography;
using MnistML.Datasets;
using MnistML.Datasets.Synthetic;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Datasets.Synthetic;

internal sealed class SyntheticDigitsTests
{
    private const int Seed = 7;
    private const int Classes = 10;
    private const int Side = 28;
    private const int Pixels = Side * Side;

    [Test]
    public void Draw_SameSeed_SameBytes()
    {
        var first = SyntheticDigits.Draw(64, Seed, DigitSplit.Train);
        var second = SyntheticDigits.Draw(64, Seed, DigitSplit.Train);

        Assert.That(second.Images, Is.EqualTo(first.Images));
        Assert.That(second.Labels, Is.EqualTo(first.Labels));
    }

    // The bytes are a promise to users who keep results by seed: a change of the drawing changes the data set.
    [TestCase(DigitSplit.Train, "5DC47533DF6652568A69B93F6E86A483D49450C5D24656C7AE4E4F30755D869B")]
    [TestCase(DigitSplit.Test, "B7CC34F04B73C544BBC321487624F36BD051B05B5B6802DDC4FD567DD7F1F572")]
    public void Draw_KnownSeed_KnownHash(DigitSplit split, string expected)
    {
        var (images, labels) = SyntheticDigits.Draw(50, Seed, split);

        Assert.That(Convert.ToHexString(SHA256.HashData([.. images, .. labels])), Is.EqualTo(expected));
    }

    [TestCase(8)]
    [TestCase(-7)]
    [TestCase(int.MinValue)]
    public void Draw_OtherSeed_OtherBytes(int seed)
    {
        var first = SyntheticDigits.Draw(40, Seed, DigitSplit.Train);
        var second = SyntheticDigits.Draw(40, seed, DigitSplit.Train);

        Assert.That(Hashes(first.Images).Intersect(Hashes(second.Images)), Is.Empty);
        Assert.That(second.Labels, Is.Not.EqualTo(first.Labels));
    }

    [TestCase(1)]
    [TestCase(37)]
    public void Draw_FewerImages_PrefixOfMore(int count)
    {
        var few = SyntheticDigits.Draw(count, Seed, DigitSplit.Test);
        var many = SyntheticDigits.Draw(90, Seed, DigitSplit.Test);

        Assert.That(few.Images, Is.EqualTo(many.Images.Take(count * Pixels)));
        Assert.That(few.Labels, Is.EqualTo(many.Labels.Take(count)));
    }

    [Test]
    public void Draw_TrainAndTest_ShareNoImage()
    {
        var train = SyntheticDigits.Draw(300, Seed, DigitSplit.Train);
        var test = SyntheticDigits.Draw(300, Seed, DigitSplit.Test);

        Assert.That(Hashes([.. train.Images, .. test.Images]).Distinct().Count(), Is.EqualTo(600));
        Assert.That(test.Labels, Is.Not.EqualTo(train.Labels));
    }

    [TestCase(3)]
    [TestCase(100)]
    [TestCase(107)]
    public void Draw_AnyCount_ClassesBalanced(int count)
    {
        var (_, labels) = SyntheticDigits.Draw(count, Seed, DigitSplit.Train);

        var counts = Enumerable.Range(0, Classes).Select(digit => labels.Count(label => label == digit)).ToArray();
        Assert.That(counts.Sum(), Is.EqualTo(count));
        Assert.That(counts.Max() - counts.Min(), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Draw_ManyImages_LabelsInNoFixedOrder()
    {
        var (_, labels) = SyntheticDigits.Draw(1000, Seed, DigitSplit.Train);

        // Each digit comes up at each place of its block of ten about 10 times in 100 blocks.
        for (var place = 0; place < Classes; place++)
        {
            var atPlace = labels.Where((_, index) => index % Classes == place).GroupBy(label => label).ToArray();
            Assert.That(atPlace, Has.Length.EqualTo(Classes));
            Assert.That(atPlace.Max(group => group.Count()), Is.LessThan(25));
        }
    }

    [Test]
    public void Draw_NoImages_EmptyArrays()
    {
        var (images, labels) = SyntheticDigits.Draw(0, Seed, DigitSplit.Train);

        Assert.That(images, Is.Empty);
        Assert.That(labels, Is.Empty);
    }

    [TestCase(-1)]
    [TestCase(int.MaxValue)]
    public void Draw_BadCount_Refused(int count) =>
        Assert.That(
            () => SyntheticDigits.Draw(count, Seed, DigitSplit.Train),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count"));

    [Test]
    public void Draw_EveryImage_InkLikeHandwriting()
    {
        const int Count = 1000;
        var (images, _) = SyntheticDigits.Draw(Count, Seed, DigitSplit.Train);

        using var scope = Assert.EnterMultipleScope();
        for (var index = 0; index < Count; index++)
        {
            var image = images.AsSpan(index * Pixels, Pixels).ToArray();
            var inked = image.Count(value => value > 0) / (double)Pixels;
            Assert.That(inked, Is.InRange(0.05, 0.4), $"share of pixels with ink, image {index}");
            Assert.That(image.Max(), Is.GreaterThan(200), $"brightest pixel, image {index}");
            Assert.That(Border(image).Max(), Is.Zero, $"outermost pixels, image {index}");
            Assert.That(CentreOfMass(image, i => i % Side), Is.InRange(11.0, 17.0), $"column of the centre, image {index}");
            Assert.That(CentreOfMass(image, i => i / Side), Is.InRange(11.0, 17.0), $"row of the centre, image {index}");
        }
    }

    [Test]
    public void Draw_NearestOfThousand_NamesFreshDigits()
    {
        const int Fresh = 300;
        var train = SyntheticDigits.Draw(1000, Seed, DigitSplit.Train);
        var test = SyntheticDigits.Draw(Fresh, Seed, DigitSplit.Test);

        var right = Enumerable.Range(0, Fresh)
            .Count(index => Nearest(train, test.Images.AsSpan(index * Pixels, Pixels)) == test.Labels[index]);

        Assert.That(right / (double)Fresh, Is.GreaterThan(0.93));
    }

    // As above: these bytes are a promise too.
    [TestCase(0, "58D103F320E24B38CADBB6359C362942EEF6567FAF0A53BB0ED6B94F4F1202F9")]
    [TestCase(1, "5570C6E653FCB3FB9507FE4436779318E21733865952C3E38BC9B7447F56CC4F")]
    public void Draw_KnownDifficulty_KnownHash(double difficulty, string expected)
    {
        var (images, labels) = SyntheticDigits.Draw(50, Seed, DigitSplit.Train, difficulty);

        Assert.That(Convert.ToHexString(SHA256.HashData([.. images, .. labels])), Is.EqualTo(expected));
    }

    [Test]
    public void Draw_MoreDifficult_FewerAreNearestToTheirClassMean()
    {
        double[] accuracies = [.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(AccuracyOfClassMeans)];

        Assert.That(accuracies, Is.Ordered.Descending);
        Assert.That(accuracies[0], Is.GreaterThan(0.99));
        Assert.That(accuracies[2], Is.InRange(0.90, 0.96));
        Assert.That(accuracies[4], Is.InRange(0.65, 0.80));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Draw_AnyDifficulty_ShowsTheSameDigitsAndNoImageTwice(double difficulty)
    {
        var train = SyntheticDigits.Draw(300, Seed, DigitSplit.Train, difficulty);
        var test = SyntheticDigits.Draw(300, Seed, DigitSplit.Test, difficulty);

        Assert.That(train.Labels, Is.EqualTo(SyntheticDigits.Draw(300, Seed, DigitSplit.Train).Labels));
        Assert.That(Hashes([.. train.Images, .. test.Images]), Is.Unique);
    }

    [Test]
    public void Write_Difficulty_IsThatOfBothSplits()
    {
        using var folder = new TemporaryFolder();
        var files = SyntheticDigits.Write(folder.Path, trainCount: 20, testCount: 10, Seed, difficulty: 1);

        Assert.That(
            IdxFile.Read(files.TrainImages).ToArray<byte>(), Is.EqualTo(SyntheticDigits.Draw(20, Seed, DigitSplit.Train, 1).Images));
        Assert.That(IdxFile.Read(files.TestImages).ToArray<byte>(), Is.EqualTo(SyntheticDigits.Draw(10, Seed, DigitSplit.Test, 1).Images));
    }

    [TestCase(-0.01)]
    [TestCase(1.01)]
    [TestCase(double.NaN)]
    public void Write_DifficultyOutOfRange_IsRefusedBeforeAnythingIsWritten(double difficulty)
    {
        using var folder = new TemporaryFolder();

        Assert.That(
            () => SyntheticDigits.Write(folder.Path, 10, 10, Seed, difficulty),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("The difficulty must be from 0 (neat) to 1 (hard to "
                + "read). (Parameter 'difficulty')"));
        Assert.That(folder.Names, Is.Empty);
    }

    /// <summary>
    /// The share of fresh digits that are nearest to the mean image of their own class: a classifier that anybody can write.
    /// </summary>
    private static double AccuracyOfClassMeans(double difficulty)
    {
        var train = SyntheticDigits.Draw(2_000, Seed, DigitSplit.Train, difficulty);
        var test = SyntheticDigits.Draw(1_000, Seed, DigitSplit.Test, difficulty);
        var means = Enumerable.Range(0, Classes).Select(digit => MeanImage(train, (byte)digit)).ToArray();
        return test.Images.Chunk(Pixels).Zip(test.Labels).Count(pair => NearestMean(means, pair.First) == pair.Second) / 1_000.0;
    }

    private static double[] MeanImage((byte[] Images, byte[] Labels) digits, byte digit)
    {
        var images = digits.Images.Chunk(Pixels).Where((_, index) => digits.Labels[index] == digit).ToList();
        return [.. Enumerable.Range(0, Pixels).Select(pixel => images.Average(image => (double)image[pixel]))];
    }

    private static int NearestMean(double[][] means, byte[] image) =>
        Enumerable.Range(0, Classes).MinBy(digit => means[digit].Zip(image, (mean, value) => (mean - value) * (mean - value)).Sum());

    private static IEnumerable<string> Hashes(byte[] images) =>
        images.Chunk(Pixels).Select(image => Convert.ToHexString(SHA256.HashData(image)));

    private static IEnumerable<byte> Border(byte[] image) =>
        image.Where((_, i) => i / Side is 0 or Side - 1 || i % Side is 0 or Side - 1);

    // In pixels from the edge; the middle of the first pixel is at 0.5.
    private static double CentreOfMass(byte[] image, Func<int, int> coordinate)
    {
        var total = 0.0;
        var moment = 0.0;
        for (var i = 0; i < image.Length; i++)
        {
            total += image[i];
            moment += image[i] * (coordinate(i) + 0.5);
        }

        return moment / total;
    }

    private static byte Nearest((byte[] Images, byte[] Labels) train, ReadOnlySpan<byte> image)
    {
        var best = long.MaxValue;
        byte label = 0;
        for (var index = 0; index < train.Labels.Length; index++)
        {
            var distance = 0L;
            for (var i = 0; i < Pixels; i++)
            {
                var difference = train.Images[(index * Pixels) + i] - image[i];
                distance += difference * difference;
            }

            if (distance < best)
            {
                (best, label) = (distance, train.Labels[index]);
            }
        }

        return label;
    }
}
