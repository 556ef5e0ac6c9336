using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// Which units are dropped in one batch: a pure function of the batch's seed, the layer, the row and the unit. It is the same on any number
/// of threads, forward and backward, and need not be stored.
/// </summary>
/// <param name="Seed">The batch's seed.</param>
/// <param name="Rate">The fraction of units that is dropped, from 0 up to, not including, 1.</param>
internal readonly record struct DropoutMask(ulong Seed, double Rate)
{
    /// <summary>A mask that drops nothing.</summary>
    public static DropoutMask None => default;

    /// <summary>
    /// Sets the dropped values of a row to 0 and divides the others by the fraction that is kept. The expected value then stays the same,
    /// so the finished network needs no correction.
    /// </summary>
    public void Apply(int layer, int row, Span<float> values)
    {
        if (Rate > 0)
        {
            Drop(values, VectorHash.KeyOf(Seed, layer, row));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Drop(Span<float> values, uint key)
    {
        // The upper 24 bits of a hash are a number from 0 to 1; a unit is kept where it is below the fraction to keep.
        const int UnusedBits = 8;
        var kept = 1 - Rate;
        var limit = Vector512.Create((uint)(kept * (1 << (32 - UnusedBits))));
        var factor = Vector512.Create((float)(1 / kept));
        var counters = Vector512.Create(key) + (Vector512<uint>.Indices * VectorHash.Step);
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            (Vector512.LoadUnsafe(ref first, (nuint)i) * Factors()).StoreUnsafe(ref first, (nuint)i);
            counters += Vector512.Create((uint)Vector512<float>.Count * VectorHash.Step);
        }

        if (i < values.Length)
        {
            Span<float> factors = stackalloc float[Vector512<float>.Count];
            Factors().CopyTo(factors);
            SpanMath.Apply(values[i..], factors[..(values.Length - i)], values[i..], default(Multiply));
        }

        Vector512<float> Factors()
        {
            var isKept = Vector512.LessThan(VectorHash.Scramble(counters) >> UnusedBits, limit);
            return Vector512.ConditionalSelect(isKept.AsSingle(), factor, Vector512<float>.Zero);
        }
    }
}
