namespace MnistML.Datasets;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
/// </summary>
/// <remarks>
/// <see cref="Random"/> takes 31 bits of seed, too few to give each image of a large set a sequence of its own, and only its seeded
/// form is stable. Here integers are mixed and turned into doubles exactly, so every machine sees the same numbers.
/// It is a mutable value: pass it by reference.
/// </remarks>
internal struct DigitRandom
{
    // The paper's three odd constants: 2^64 divided by the golden ratio, and the two multipliers of its "variant 13" finalizer.
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private const ulong FirstMultiplier = 0xBF58476D1CE4E5B9;
    private const ulong SecondMultiplier = 0x94D049BB133111EB;

    // A double holds 53 bits: drop the others of the 64, then scale by 2^-53.
    private const int DroppedBits = 11;
    private const double DoubleStep = 1.0 / (1UL << 53);

    private ulong _state;

    private DigitRandom(ulong state) => _state = state;

    /// <summary>The generator that belongs to one place of one sequence; equal arguments give equal generators.</summary>
    /// <param name="seed">The user's seed, any value.</param>
    /// <param name="stream">Which sequence: split and purpose.</param>
    /// <param name="index">The zero-based place in the sequence.</param>
    public static DigitRandom At(int seed, int stream, int index)
    {
        var state = Mix((uint)seed + GoldenGamma);
        state = Mix((state ^ (uint)stream) + GoldenGamma);
        return new DigitRandom(Mix((state ^ (uint)index) + GoldenGamma));
    }

    /// <summary>A whole number in [0, <paramref name="exclusiveMaximum"/>).</summary>
    public int Below(int exclusiveMaximum) => (int)(Unit() * exclusiveMaximum);

    /// <summary>A number in [<paramref name="minimum"/>, <paramref name="maximum"/>), all equally likely.</summary>
    public double Between(double minimum, double maximum) => minimum + ((maximum - minimum) * Unit());

    /// <summary>A number in the range, its end left out, all equally likely.</summary>
    public double Between((double Minimum, double Maximum) range) => Between(range.Minimum, range.Maximum);

    /// <summary>A number nearer to 0 than <paramref name="limit"/>, mostly much nearer: the difference of two uniform draws.</summary>
    public double Around(double limit) => limit * (Unit() - Unit());

    private double Unit()
    {
        _state += GoldenGamma;
        return (Mix(_state) >> DroppedBits) * DoubleStep;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * FirstMultiplier;
        value = (value ^ (value >> 27)) * SecondMultiplier;
        return value ^ (value >> 31);
    }
}
