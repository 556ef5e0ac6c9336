namespace MnistML.Datasets.Synthetic;

/// <summary>The order of the labels: a random permutation of the digits, then another, and so on.</summary>
internal static class DigitLabels
{
    // Keeps the generator of a permutation apart from those of the images, whose streams are the splits' own small numbers.
    private const int StreamOffset = 1000;

    /// <summary>Draws labels; a shorter list is the beginning of a longer one.</summary>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="seed">Any value.</param>
    /// <param name="split">Each split has an order of its own.</param>
    /// <param name="digits">The digits.</param>
    /// <returns><paramref name="count"/> of the digits, each as often as the others, give or take one.</returns>
    public static byte[] Draw(int count, int seed, DigitSplit split, byte[] digits)
    {
        var labels = new byte[count];
        Span<byte> block = stackalloc byte[digits.Length];
        for (var start = 0; start < count; start += block.Length)
        {
            var random = DigitRandom.At(seed, StreamOffset + (int)split, start);
            Shuffle(digits, block, ref random);
            block[..Math.Min(block.Length, count - start)].CopyTo(labels.AsSpan(start));
        }

        return labels;
    }

    // Fisher and Yates, begun from the digits in their order so that a block does not depend on the one before.
    private static void Shuffle(ReadOnlySpan<byte> digits, Span<byte> block, ref DigitRandom random)
    {
        for (var i = 0; i < block.Length; i++)
        {
            var other = random.Below(i + 1);
            block[i] = block[other];
            block[other] = digits[i];
        }
    }
}
