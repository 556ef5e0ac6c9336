using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// The bins of one feature's value, and a sum over them, in one pass. A feature has few bins, so a call for each step would take most of
/// the time.
/// </summary>
internal static class PiecewiseLinear
{
    /// <summary>Computes bins less their means: <c>clip((value - low) · slope, 0, 1) - mean</c>.</summary>
    /// <param name="value">The feature's value.</param>
    /// <param name="lows">The lower edge of each bin. All spans are of one length.</param>
    /// <param name="slopes">One over the width of each bin.</param>
    /// <param name="means">The mean of each bin.</param>
    /// <param name="steps">The factor of each bin in the sum.</param>
    /// <param name="bins">Receives the bins.</param>
    /// <returns>The sum of bins times steps.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Encode(
        float value,
        ReadOnlySpan<float> lows,
        ReadOnlySpan<float> slopes,
        ReadOnlySpan<float> means,
        ReadOnlySpan<float> steps,
        Span<float> bins)
    {
        SpanMath.ThrowIfLengthsDiffer(lows.Length, bins.Length);
        SpanMath.ThrowIfLengthsDiffer(slopes.Length, bins.Length);
        SpanMath.ThrowIfLengthsDiffer(means.Length, bins.Length);
        SpanMath.ThrowIfLengthsDiffer(steps.Length, bins.Length);
        ref var low = ref MemoryMarshal.GetReference(lows);
        ref var slope = ref MemoryMarshal.GetReference(slopes);
        ref var mean = ref MemoryMarshal.GetReference(means);
        ref var step = ref MemoryMarshal.GetReference(steps);
        ref var first = ref MemoryMarshal.GetReference(bins);
        var values = Vector128.Create(value);
        var sums = Vector128<float>.Zero;
        var i = 0;
        for (; i <= bins.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            var bin = (values - Vector128.LoadUnsafe(ref low, (nuint)i)) * Vector128.LoadUnsafe(ref slope, (nuint)i);
            bin = Vector128.Min(Vector128.Max(bin, Vector128<float>.Zero), Vector128<float>.One);
            bin -= Vector128.LoadUnsafe(ref mean, (nuint)i);
            bin.StoreUnsafe(ref first, (nuint)i);
            sums += bin * Vector128.LoadUnsafe(ref step, (nuint)i);
        }

        var sum = Vector128.Sum(sums);
        for (; i < bins.Length; i++)
        {
            bins[i] = Math.Clamp((value - lows[i]) * slopes[i], 0, 1) - means[i];
            sum += bins[i] * steps[i];
        }

        return sum;
    }
}
