using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// Element-wise sums of floats in double precision, for sums over many rows that must hardly depend on their order. All spans of a call
/// have the same length.
/// </summary>
internal static class DoubleSums
{
    private static int Width => Vector512<float>.Count;

    private static int HalfWidth => Vector512<double>.Count;

    /// <summary><c>sums ← sums + x</c> and <c>products ← products + x · y</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddWithProduct(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<double> sums, Span<double> products)
    {
        ThrowIfLengthsDiffer(x.Length, y.Length, sums.Length, products.Length);
        ref var toSums = ref MemoryMarshal.GetReference(sums);
        ref var toProducts = ref MemoryMarshal.GetReference(products);
        var i = 0;
        for (; i <= x.Length - Width; i += Width)
        {
            var (lowX, highX) = Vector512.Widen(Load(x, i));
            var (lowY, highY) = Vector512.Widen(Load(y, i));
            Add(ref toSums, i, lowX);
            Add(ref toSums, i + HalfWidth, highX);
            Add(ref toProducts, i, lowX * lowY);
            Add(ref toProducts, i + HalfWidth, highX * highY);
        }

        for (; i < x.Length; i++)
        {
            sums[i] += x[i];
            products[i] += (double)x[i] * y[i];
        }
    }

    /// <summary><c>sums ← sums + (x - shift)</c> and <c>squares ← squares + (x - shift)²</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDifferences(ReadOnlySpan<float> x, ReadOnlySpan<float> shift, Span<double> sums, Span<double> squares)
    {
        ThrowIfLengthsDiffer(x.Length, shift.Length, sums.Length, squares.Length);
        ref var toSums = ref MemoryMarshal.GetReference(sums);
        ref var toSquares = ref MemoryMarshal.GetReference(squares);
        var i = 0;
        for (; i <= x.Length - Width; i += Width)
        {
            var (lowX, highX) = Vector512.Widen(Load(x, i));
            var (lowShift, highShift) = Vector512.Widen(Load(shift, i));
            var (low, high) = (lowX - lowShift, highX - highShift);
            Add(ref toSums, i, low);
            Add(ref toSums, i + HalfWidth, high);
            Add(ref toSquares, i, low * low);
            Add(ref toSquares, i + HalfWidth, high * high);
        }

        for (; i < x.Length; i++)
        {
            var difference = (double)x[i] - shift[i];
            sums[i] += difference;
            squares[i] += difference * difference;
        }
    }

    private static Vector512<float> Load(ReadOnlySpan<float> x, int i) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(x), (nuint)i);

    private static void Add(ref double sums, int i, Vector512<double> values) =>
        (Vector512.LoadUnsafe(ref sums, (nuint)i) + values).StoreUnsafe(ref sums, (nuint)i);

    private static void ThrowIfLengthsDiffer(int first, int second, int third, int fourth)
    {
        SpanMath.ThrowIfLengthsDiffer(second, first);
        SpanMath.ThrowIfLengthsDiffer(third, first);
        SpanMath.ThrowIfLengthsDiffer(fourth, first);
    }
}
