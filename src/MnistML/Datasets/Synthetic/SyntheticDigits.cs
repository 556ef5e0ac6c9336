using MnistML.Datasets.Synthetic;
using MnistML.Idx;

namespace MnistML.Datasets;

/// <summary>
/// Handwritten-looking digits, drawn by the library itself from a seed: a stand-in for MNIST where nothing can be downloaded.
/// </summary>
/// <remarks>
/// An image depends on the seed, the difficulty, its split and its index alone, so that the first images of a large set are those of a
/// small one, and a seed gives the same bytes on every machine. Ten images in a row show ten different digits: any set holds each digit
/// equally often, give or take one.
/// </remarks>
public static class SyntheticDigits
{
    /// <summary>The difficulty of digits unless another is asked for: 0.5.</summary>
    public const double DefaultDifficulty = 0.5;

    /// <summary>Draws a training and a test set, and writes them as the four raw IDX files of MNIST, under their usual names.</summary>
    /// <param name="directory">The folder, which is made if it does not exist; files of the same names in it are replaced.</param>
    /// <param name="trainCount">Number of training images, 0 or more.</param>
    /// <param name="testCount">Number of test images, 0 or more; none of them is a training image.</param>
    /// <param name="seed">Where the random numbers begin; any value.</param>
    /// <param name="difficulty">
    /// How hard they are to tell apart, from 0 to 1. 0: neat, nearly as printed. 0.5, the default: as people write. 1: hasty, bent and
    /// slanted, thick and thin, off the middle, on dirty paper; still nearly all of them can be read.
    /// </param>
    /// <returns>The paths of the four files.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A count is negative, or too large for one array, or the difficulty is not from 0 to 1.
    /// </exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static MnistFiles Write(string directory, int trainCount, int testCount, int seed, double difficulty = DefaultDifficulty)
    {
        var train = Draw(trainCount, seed, DigitSplit.Train, difficulty);
        return Write(directory, train, Draw(testCount, seed, DigitSplit.Test, difficulty));
    }

    /// <summary>
    /// Draws ones with long flags and with bases, and sevens with bars and with serifs, as much of Europe writes them. MNIST has hardly
    /// any, so that a network which learned from it alone may take such a 1 for a 7. They are half ones, half sevens, and of the default
    /// difficulty.
    /// </summary>
    /// <inheritdoc cref="Write(string, int, int, int, double)" path="/param[@name!='difficulty']"/>
    /// <returns>The paths of the four files.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or too large for one array.</exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static MnistFiles WriteContinental(string directory, int trainCount, int testCount, int seed)
    {
        var train = Draw(trainCount, seed, DigitSplit.Train, DefaultDifficulty, DigitGlyphs.Continental);
        return Write(directory, train, Draw(testCount, seed, DigitSplit.Test, DefaultDifficulty, DigitGlyphs.Continental));
    }

    /// <summary>Draws images of 28 by 28 grey values, bright ink on black, with their labels.</summary>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="seed">Any value.</param>
    /// <param name="split">The two splits of one seed have no image in common.</param>
    /// <param name="difficulty">From 0 to 1.</param>
    /// <param name="glyphs">The shapes of the digits; null for all ten, as usual.</param>
    /// <returns>Images: <paramref name="count"/> times 784 bytes, row by row. Labels: <paramref name="count"/> bytes, 0 to 9.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="count"/> is negative, or too large for one array, or the difficulty is not from 0 to 1.
    /// </exception>
    internal static (byte[] Images, byte[] Labels) Draw(
        int count, int seed, DigitSplit split, double difficulty = DefaultDifficulty, DigitGlyphs? glyphs = null)
    {
        glyphs ??= DigitGlyphs.Usual;
        var hardness = DigitDifficulty.Of(difficulty);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / DigitRasterizer.ImageLength);
        var images = new byte[count * DigitRasterizer.ImageLength];
        var labels = DigitLabels.Draw(count, seed, split, glyphs.Digits);
        Parallel.For(0, count, i =>
        {
            var image = images.AsSpan(i * DigitRasterizer.ImageLength, DigitRasterizer.ImageLength);
            DrawOne(glyphs, labels[i], hardness, DigitRandom.At(seed, (int)split, i), image);
        });
        return (images, labels);
    }

    private static MnistFiles Write(string directory, (byte[] Images, byte[] Labels) train, (byte[] Images, byte[] Labels) test)
    {
        var files = MnistFiles.In(directory);
        Directory.CreateDirectory(directory);
        Write(files.TrainImages, files.TrainLabels, train);
        Write(files.TestImages, files.TestLabels, test);
        return files;
    }

    private static void Write(string imagesPath, string labelsPath, (byte[] Images, byte[] Labels) digits)
    {
        var count = digits.Labels.Length;
        IdxFile.Write(imagesPath, new IdxHeader(IdxElementType.UInt8, count, DigitRasterizer.Side, DigitRasterizer.Side), digits.Images);
        IdxFile.Write(labelsPath, new IdxHeader(IdxElementType.UInt8, count), digits.Labels);
    }

    private static void DrawOne(DigitGlyphs glyphs, byte digit, DigitDifficulty difficulty, DigitRandom random, Span<byte> image)
    {
        var strokes = glyphs.Pick(digit, ref random);
        var hand = new DigitHand(DigitRasterizer.Side, difficulty, ref random);
        DigitRasterizer.Draw(hand.Write(strokes), ref random, image);
        if (difficulty.Dirt > 0)
        {
            DigitRasterizer.Soil(difficulty.Dirt, ref random, image);
        }
    }
}
