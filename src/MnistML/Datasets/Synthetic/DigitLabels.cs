namespace MnistML.Datasets.Synthetic;

/// <summary>The order of the labels: a random permutation of the ten digits, then another, and so on.</summary>
internal static class DigitLabels
{
    // Keeps the generator of a permutation apart from those of the images, whose streams are the splits' own small numbers.
    private const int StreamOffset = 1000;

    /// <summary>Draws labels; a shorter list is the beginning of a longer one.</summary>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="seed">Any value.</param>
    /// <param name="split">Each split has an order of its own.</param>
    /// <returns><paramref name="count"/> values, 0 to 9, each as often as the others, give or take one.</returns>
    public static byte[] Draw(int count, int seed, DigitSplit split)
    {
        var labels = new byte[count];
        Span<byte> digits = stackalloc byte[DigitGlyphs.Count];
        for (var start = 0; start < count; start += digits.Length)
        {
            var random = DigitRandom.At(seed, StreamOffset + (int)split, start);
            Shuffle(digits, ref random);
            digits[..Math.Min(digits.Length, count - start)].CopyTo(labels.AsSpan(start));
        }

        return labels;
    }

    // Fisher and Yates, begun from the order 0 to 9 so that a block does not depend on the one before.
    private static void Shuffle(Span<byte> digits, ref DigitRandom random)
    {
        for (var i = 0; i < digits.Length; i++)
        {
            var other = random.Below(i + 1);
            digits[i] = digits[other];
            digits[other] = (byte)i;
        }
    }
}
