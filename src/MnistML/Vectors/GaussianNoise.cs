using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// What is added to the features of one batch: a pure function of the batch's seed, the row and the feature, so that it is the same on any number of
/// threads.
/// </summary>
/// <param name="Seed">The batch's.</param>
/// <param name="Deviation">The standard deviation, at least 0.</param>
internal readonly record struct GaussianNoise(ulong Seed, double Deviation)
{
    /// <summary>Nothing is added.</summary>
    public static GaussianNoise None => default;

    /// <summary>Adds to a row's features, each by itself.</summary>
    public void AddTo(int row, Span<float> features)
    {
        if (Deviation > 0)
        {
            Add(features, VectorHash.KeyOf(Seed, layer: 0, row));
        }
    }

    /// <summary>Two numbers that are spread evenly make two normal ones (Box and Muller, 1958).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(Span<float> features, uint key)
    {
        // The upper 24 bits of a hash, all of which a float can hold, are a number from 0 to 1; half a step more keeps it off 0, whose logarithm is infinite.
        const int UnusedBits = 8;
        const float Step = 1f / (1 << (32 - UnusedBits));
        var counters = Vector512.Create(key) + (Vector512<uint>.Indices * VectorHash.Step);
        Span<float> noise = stackalloc float[2 * Vector512<float>.Count];
        for (var i = 0; i < features.Length; i += noise.Length)
        {
            var radius = Vector512.Sqrt(Vector512.Log((Next(ref counters) + Vector512.Create(0.5f)) * Vector512.Create(Step)) * Vector512.Create((float)(-2 * Deviation * Deviation)));
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
