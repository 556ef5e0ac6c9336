using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// Functions of floats over whole spans, sixteen values at a time. All spans of a call are of one length; a target may be one of the sources.
/// </summary>
/// <remarks>
/// libtorch would make one pass over memory and one allocation for each operation. Here a function is a struct, which the compiler builds into the loop,
/// and callers go row by row, so that what several functions do in turn stays in the processor's first cache. The loops are compiled at once and
/// fully (<see cref="MethodImplOptions.AggressiveOptimization"/>): the slow code that .NET begins with would last for most of a short training.
/// </remarks>
internal static class SpanMath
{
    private const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization;

    private static int Width => Vector512<float>.Count;

    /// <summary><c>target ← f(x)</c>.</summary>
    [MethodImpl(AtOnce)]
    public static void Apply<TFunction>(ReadOnlySpan<float> x, Span<float> target, TFunction function)
        where TFunction : struct, IUnaryOperator
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Width; i += Width)
        {
            function.Invoke(Vector512.LoadUnsafe(ref first, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }

        if (i < target.Length)
        {
            StoreRest(function.Invoke(LoadRest(x[i..])), target[i..]);
        }
    }

    /// <summary><c>target ← f(x, y)</c>.</summary>
    [MethodImpl(AtOnce)]
    public static void Apply<TFunction>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> target, TFunction function)
        where TFunction : struct, IBinaryOperator
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Width; i += Width)
        {
            function.Invoke(Vector512.LoadUnsafe(ref first, (nuint)i), Vector512.LoadUnsafe(ref second, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }

        if (i < target.Length)
        {
            StoreRest(function.Invoke(LoadRest(x[i..]), LoadRest(y[i..])), target[i..]);
        }
    }

    /// <summary><c>target ← f(x, y, z)</c>.</summary>
    [MethodImpl(AtOnce)]
    public static void Apply<TFunction>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> z, Span<float> target, TFunction function)
        where TFunction : struct, ITernaryOperator
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y);
        ref var third = ref MemoryMarshal.GetReference(z);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Width; i += Width)
        {
            var at = (nuint)i;
            function.Invoke(Vector512.LoadUnsafe(ref first, at), Vector512.LoadUnsafe(ref second, at), Vector512.LoadUnsafe(ref third, at)).StoreUnsafe(ref to, at);
        }

        if (i < target.Length)
        {
            StoreRest(function.Invoke(LoadRest(x[i..]), LoadRest(y[i..]), LoadRest(z[i..])), target[i..]);
        }
    }

    /// <summary>The sum of <c>f(x)</c>, for a function that makes 0 of 0. The order of adding is fixed.</summary>
    [MethodImpl(AtOnce)]
    public static float Sum<TFunction>(ReadOnlySpan<float> x, TFunction function)
        where TFunction : struct, IUnaryOperator
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Width; i += Width)
        {
            sum += function.Invoke(Vector512.LoadUnsafe(ref first, (nuint)i));
        }

        return Vector512.Sum(i < x.Length ? sum + function.Invoke(LoadRest(x[i..])) : sum);
    }

    /// <summary>bfloat16 to float32: the upper half of the bits, zeros below.</summary>
    [MethodImpl(AtOnce)]
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> target)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Width; i += Width)
        {
            var (lower, upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            (Vector512.Create(lower, upper) << BFloat16.Bits).AsSingle().StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < target.Length; i++)
        {
            target[i] = BFloat16.ToSingle(source[i]);
        }
    }

    /// <summary>float32 to bfloat16, rounded to the nearest, to even in between, as libtorch and the processor round.</summary>
    [MethodImpl(AtOnce)]
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> target)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Width; i += Width)
        {
            var rounded = BFloat16.Round(Vector512.LoadUnsafe(ref from, (nuint)i));
            Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < target.Length; i++)
        {
            target[i] = (ushort)BFloat16.Round(Vector512.CreateScalar(source[i])).ToScalar();
        }
    }

    private static Vector512<float> LoadRest(ReadOnlySpan<float> source)
    {
        Span<float> padded = stackalloc float[Vector512<float>.Count];
        padded.Clear();
        source.CopyTo(padded);
        return Vector512.Create<float>(padded);
    }

    private static void StoreRest(Vector512<float> values, Span<float> target)
    {
        Span<float> padded = stackalloc float[Vector512<float>.Count];
        values.CopyTo(padded);
        padded[..target.Length].CopyTo(target);
    }
}
