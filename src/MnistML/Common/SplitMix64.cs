namespace MnistML.Common;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). Every machine and every
/// version of .NET sees the same numbers. It is a mutable value: pass it by reference.
/// </summary>
/// <param name="seed">Equal seeds give equal sequences.</param>
internal struct SplitMix64(ulong seed)
{
    // The paper's three odd constants: 2^64 divided by the golden ratio, and the two multipliers of its "variant 13" finalizer.
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private const ulong FirstMultiplier = 0xBF58476D1CE4E5B9;
    private const ulong SecondMultiplier = 0x94D049BB133111EB;

    // A double holds 53 bits: drop the other 11 of the 64, then scale by 2^-53.
    private const int DroppedBits = 11;
    private const double DoubleStep = 1.0 / (1UL << 53);

    private ulong _state = seed;

    /// <summary>The first number of the generator with a seed: a hash of the seed.</summary>
    public static ulong Hash(ulong seed) => Mix(seed + GoldenGamma);

    /// <summary>A number in [0, 1), all multiples of 2^-53 equally likely.</summary>
    public double NextDouble() => (Next() >> DroppedBits) * DoubleStep;

    /// <summary>A number in [-bound, bound), all equally likely.</summary>
    public double NextWithin(double bound) => bound * ((2 * NextDouble()) - 1);

    /// <summary>A whole number in [0, bound), for a bound of at least 1; its bias is below bound · 2^-64.</summary>
    public int NextBelow(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Puts items into a random order, all orders equally likely (Fisher and Yates; Knuth, volume 2, algorithm 3.4.2P).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextBelow(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private ulong Next()
    {
        _state += GoldenGamma;
        return Mix(_state);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * FirstMultiplier;
        value = (value ^ (value >> 27)) * SecondMultiplier;
        return value ^ (value >> 31);
    }
}
