namespace MnistML.Common;

/// <summary>Matrices of floats in arrays, row by row.</summary>
internal static class FloatMatrix
{
    /// <summary>Columns that are transposed at a time: few enough that what is written stays in the processor's cache.</summary>
    private const int Strip = 32;

    /// <summary>The transposed matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="rowCount">Its rows.</param>
    /// <param name="columnCount">Its columns.</param>
    public static float[] Transpose(ReadOnlySpan<float> matrix, int rowCount, int columnCount)
    {
        var transposed = new float[matrix.Length];
        for (var start = 0; start < columnCount; start += Strip)
        {
            var end = Math.Min(start + Strip, columnCount);
            for (var row = 0; row < rowCount; row++)
            {
                for (var column = start; column < end; column++)
                {
                    transposed[(column * rowCount) + row] = matrix[(row * columnCount) + column];
                }
            }
        }

        return transposed;
    }
}
