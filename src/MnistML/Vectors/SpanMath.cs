using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// Element-wise functions over spans of floats, sixteen values at a time. All spans of a call have the same length; the destination may be
/// one of the sources.
/// </summary>
/// <remarks>
/// libtorch would make one pass over memory and one allocation for each operation. Here an operator is a struct, which the compiler inlines
/// into the loop, and callers go row by row, so that the values stay in the first-level cache from one operator to the next. The loops skip
/// tiered compilation (<see cref="MethodImplOptions.AggressiveOptimization"/>): otherwise unoptimised code would run for most of a short
/// training.
/// </remarks>
internal static class SpanMath
{
    private const MethodImplOptions Optimized = MethodImplOptions.AggressiveOptimization;

    private static int Width => Vector512<float>.Count;

    /// <summary><c>destination ← op(x)</c>.</summary>
    [MethodImpl(Optimized)]
    public static void Apply<TOperator>(ReadOnlySpan<float> x, Span<float> destination, TOperator op)
        where TOperator : struct, IUnaryOperator
    {
        ThrowIfLengthsDiffer(x.Length, destination.Length);
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        for (; i <= destination.Length - Width; i += Width)
        {
            op.Invoke(Vector512.LoadUnsafe(ref first, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }

        if (i < destination.Length)
        {
            StoreRest(op.Invoke(LoadRest(x[i..])), destination[i..]);
        }
    }

    /// <summary><c>destination ← op(x, y)</c>.</summary>
    [MethodImpl(Optimized)]
    public static void Apply<TOperator>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination, TOperator op)
        where TOperator : struct, IBinaryOperator
    {
        ThrowIfLengthsDiffer(x.Length, destination.Length);
        ThrowIfLengthsDiffer(y.Length, destination.Length);
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        for (; i <= destination.Length - Width; i += Width)
        {
            op.Invoke(Vector512.LoadUnsafe(ref first, (nuint)i), Vector512.LoadUnsafe(ref second, (nuint)i))
                .StoreUnsafe(ref to, (nuint)i);
        }

        if (i < destination.Length)
        {
            StoreRest(op.Invoke(LoadRest(x[i..]), LoadRest(y[i..])), destination[i..]);
        }
    }

    /// <summary><c>destination ← op(x, y, z)</c>.</summary>
    [MethodImpl(Optimized)]
    public static void Apply<TOperator>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> z, Span<float> destination, TOperator op)
        where TOperator : struct, ITernaryOperator
    {
        ThrowIfLengthsDiffer(x.Length, destination.Length);
        ThrowIfLengthsDiffer(y.Length, destination.Length);
        ThrowIfLengthsDiffer(z.Length, destination.Length);
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y);
        ref var third = ref MemoryMarshal.GetReference(z);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        for (; i <= destination.Length - Width; i += Width)
        {
            var at = (nuint)i;
            op.Invoke(Vector512.LoadUnsafe(ref first, at), Vector512.LoadUnsafe(ref second, at), Vector512.LoadUnsafe(ref third, at))
                .StoreUnsafe(ref to, at);
        }

        if (i < destination.Length)
        {
            StoreRest(op.Invoke(LoadRest(x[i..]), LoadRest(y[i..]), LoadRest(z[i..])), destination[i..]);
        }
    }

    /// <summary>The sum of <c>op(x)</c>, for an operator with <c>op(0) = 0</c>. The order of summation is fixed.</summary>
    [MethodImpl(Optimized)]
    public static float Sum<TOperator>(ReadOnlySpan<float> x, TOperator op)
        where TOperator : struct, IUnaryOperator
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Width; i += Width)
        {
            sum += op.Invoke(Vector512.LoadUnsafe(ref first, (nuint)i));
        }

        return Vector512.Sum(i < x.Length ? sum + op.Invoke(LoadRest(x[i..])) : sum);
    }

    /// <summary>The sum of <c>x · y</c>. The order of summation is fixed.</summary>
    [MethodImpl(Optimized)]
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ThrowIfLengthsDiffer(y.Length, x.Length);
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y);
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Width; i += Width)
        {
            sum += Vector512.LoadUnsafe(ref first, (nuint)i) * Vector512.LoadUnsafe(ref second, (nuint)i);
        }

        return Vector512.Sum(i < x.Length ? sum + (LoadRest(x[i..]) * LoadRest(y[i..])) : sum);
    }

    /// <summary>bfloat16 to float32: the upper half of the bits, zeros below.</summary>
    [MethodImpl(Optimized)]
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        ThrowIfLengthsDiffer(source.Length, destination.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        for (; i <= destination.Length - Width; i += Width)
        {
            var (lower, upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            (Vector512.Create(lower, upper) << BFloat16.Bits).AsSingle().StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = BFloat16.ToSingle(source[i]);
        }
    }

    /// <summary>float32 to bfloat16, rounded to nearest, ties to even, as libtorch and the processor round.</summary>
    [MethodImpl(Optimized)]
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        ThrowIfLengthsDiffer(source.Length, destination.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var i = 0;
        for (; i <= destination.Length - Width; i += Width)
        {
            var rounded = BFloat16.Round(Vector512.LoadUnsafe(ref from, (nuint)i));
            Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = (ushort)BFloat16.Round(Vector512.CreateScalar(source[i])).ToScalar();
        }
    }

    /// <summary>.NET does not check the vector loads and stores above, so lengths are compared once a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ThrowIfLengthsDiffer(int source, int destination)
    {
        if (source != destination)
        {
            ThrowLengthsDiffer(source, destination);
        }
    }

    private static void ThrowLengthsDiffer(int source, int destination) => throw new ArgumentException(
        $"A source has {source} values, but the destination has {destination}: they must be equally long.");

    private static Vector512<float> LoadRest(ReadOnlySpan<float> source)
    {
        Span<float> padded = stackalloc float[Vector512<float>.Count];
        padded.Clear();
        source.CopyTo(padded);
        return Vector512.Create<float>(padded);
    }

    private static void StoreRest(Vector512<float> values, Span<float> destination)
    {
        Span<float> padded = stackalloc float[Vector512<float>.Count];
        values.CopyTo(padded);
        padded[..destination.Length].CopyTo(destination);
    }
}
