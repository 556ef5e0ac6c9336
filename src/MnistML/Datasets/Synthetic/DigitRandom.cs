using MnistML.Common;

namespace MnistML.Datasets.Synthetic;

/// <summary>The random numbers of one image, by the ranges that drawing asks for. It is a mutable value: pass it by reference.</summary>
internal struct DigitRandom
{
    private SplitMix64 _numbers;

    private DigitRandom(ulong seed) => _numbers = new SplitMix64(seed);

    /// <summary>The generator that belongs to one image of one sequence; equal arguments give equal generators.</summary>
    /// <param name="seed">The user's seed, any value.</param>
    /// <param name="stream">Which sequence: split and purpose.</param>
    /// <param name="index">The zero-based index in the sequence.</param>
    public static DigitRandom At(int seed, int stream, int index) =>
        new(SplitMix64.Hash(SplitMix64.Hash(SplitMix64.Hash((uint)seed) ^ (uint)stream) ^ (uint)index));

    /// <summary>A whole number in [0, <paramref name="exclusiveMaximum"/>).</summary>
    public int Below(int exclusiveMaximum) => (int)(_numbers.NextDouble() * exclusiveMaximum);

    /// <summary>A number in [<paramref name="minimum"/>, <paramref name="maximum"/>), all equally likely.</summary>
    public double Between(double minimum, double maximum) => minimum + ((maximum - minimum) * _numbers.NextDouble());

    /// <summary>A number in the range, its end excluded, all equally likely.</summary>
    public double Between((double Minimum, double Maximum) range) => Between(range.Minimum, range.Maximum);

    /// <summary>A number nearer to 0 than <paramref name="limit"/>, mostly much nearer: the difference of two uniform draws.</summary>
    public double Around(double limit) => limit * (_numbers.NextDouble() - _numbers.NextDouble());
}
