using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// Normally distributed noise for the features of one batch: a pure function of the batch's seed, the row and the feature, and so the same
/// on any number of threads.
/// </summary>
/// <param name="Seed">The batch's seed.</param>
/// <param name="Deviation">The standard deviation, at least 0.</param>
internal readonly record struct GaussianNoise(ulong Seed, double Deviation)
{
    /// <summary>No noise.</summary>
    public static GaussianNoise None => default;

    /// <summary>Adds independent noise to each feature of a row.</summary>
    public void AddTo(int row, Span<float> features)
    {
        if (Deviation > 0)
        {
            Add(features, VectorHash.KeyOf(Seed, layer: 0, row));
        }
    }

    /// <summary>Turns two uniform numbers into two normal ones (Box and Muller, 1958).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(Span<float> features, uint key)
    {
        // The upper 24 bits of a hash, which a float holds exactly, are a number from 0 to 1.
        // Half a step is added to keep it above 0, whose logarithm is infinite.
        const int UnusedBits = 8;
        const float Step = 1f / (1 << (32 - UnusedBits));
        var counters = Vector512.Create(key) + (Vector512<uint>.Indices * VectorHash.Step);
        Span<float> noise = stackalloc float[2 * Vector512<float>.Count];
        for (var i = 0; i < features.Length; i += noise.Length)
        {
            var uniform = (Next(ref counters) + Vector512.Create(0.5f)) * Vector512.Create(Step);
            var radius = Vector512.Sqrt(Vector512.Log(uniform) * Vector512.Create((float)(-2 * Deviation * Deviation)));
            var (sine, cosine) = Vector512.SinCos(Next(ref counters) * Vector512.Create(float.Tau * Step));
            (radius * sine).CopyTo(noise);
            (radius * cosine).CopyTo(noise[Vector512<float>.Count..]);
            var part = features.Slice(i, Math.Min(noise.Length, features.Length - i));
            SpanMath.Apply(part, noise[..part.Length], part, default(Add));
        }

        static Vector512<float> Next(ref Vector512<uint> counters)
        {
            var bits = VectorHash.Scramble(counters) >> UnusedBits;
            counters += Vector512.Create((uint)Vector512<float>.Count * VectorHash.Step);
            return Vector512.ConvertToSingle(bits.AsInt32());
        }
    }
}
