using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// The product of a sparse row and a matrix: only the matrix's rows that the entries name are read. Entries are added in their order, each
/// product rounded before it is added, so that the sums have the same bits on every processor.
/// </summary>
internal static class SparseProduct
{
    private const int VectorsInBlock = 4;

    private static int Width => Vector512<float>.Count;

    /// <summary>
    /// <c>sums[j] ← sums[j] + Σᵢ values[i] · matrix[slots[i], start + j]</c>.
    /// </summary>
    /// <param name="slots">The matrix's row of each entry.</param>
    /// <param name="values">The entries.</param>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="columnCount">The columns of the matrix.</param>
    /// <param name="start">The first column that is multiplied.</param>
    /// <param name="sums">A sum for each column from there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        ReadOnlySpan<int> slots, ReadOnlySpan<float> values, ReadOnlySpan<float> matrix, int columnCount, int start, Span<float> sums)
    {
        var column = 0;
        for (; column <= sums.Length - (VectorsInBlock * Width); column += VectorsInBlock * Width)
        {
            AddBlock(slots, values, matrix[(start + column)..], columnCount, sums[column..]);
        }

        for (; column <= sums.Length - Width; column += Width)
        {
            AddVector(slots, values, matrix[(start + column)..], columnCount, sums[column..]);
        }

        for (var i = 0; column < sums.Length && i < slots.Length; i++)
        {
            var row = matrix.Slice((slots[i] * columnCount) + start, sums.Length);
            for (var j = column; j < sums.Length; j++)
            {
                sums[j] += values[i] * row[j];
            }
        }
    }

    /// <summary>The sums of four vectors of columns stay in registers, whatever the number of entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlock(
        ReadOnlySpan<int> slots, ReadOnlySpan<float> values, ReadOnlySpan<float> matrix, int columnCount, Span<float> sums)
    {
        ref var to = ref MemoryMarshal.GetReference(sums);
        var first = Vector512.LoadUnsafe(ref to);
        var second = Vector512.LoadUnsafe(ref to, (nuint)Width);
        var third = Vector512.LoadUnsafe(ref to, 2 * (nuint)Width);
        var fourth = Vector512.LoadUnsafe(ref to, 3 * (nuint)Width);
        for (var i = 0; i < slots.Length; i++)
        {
            var value = Vector512.Create(values[i]);
            ref var row = ref MemoryMarshal.GetReference(matrix.Slice(slots[i] * columnCount, VectorsInBlock * Width));
            first += value * Vector512.LoadUnsafe(ref row);
            second += value * Vector512.LoadUnsafe(ref row, (nuint)Width);
            third += value * Vector512.LoadUnsafe(ref row, 2 * (nuint)Width);
            fourth += value * Vector512.LoadUnsafe(ref row, 3 * (nuint)Width);
        }

        first.StoreUnsafe(ref to);
        second.StoreUnsafe(ref to, (nuint)Width);
        third.StoreUnsafe(ref to, 2 * (nuint)Width);
        fourth.StoreUnsafe(ref to, 3 * (nuint)Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddVector(
        ReadOnlySpan<int> slots, ReadOnlySpan<float> values, ReadOnlySpan<float> matrix, int columnCount, Span<float> sums)
    {
        ref var to = ref MemoryMarshal.GetReference(sums);
        var sum = Vector512.LoadUnsafe(ref to);
        for (var i = 0; i < slots.Length; i++)
        {
            ref var row = ref MemoryMarshal.GetReference(matrix.Slice(slots[i] * columnCount, Width));
            sum += Vector512.Create(values[i]) * Vector512.LoadUnsafe(ref row);
        }

        sum.StoreUnsafe(ref to);
    }
}
