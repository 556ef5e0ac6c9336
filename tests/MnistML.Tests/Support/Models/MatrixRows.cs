using MnistML.Common;

namespace MnistML.Tests.Support;

/// <summary>Rows of a matrix, row by row in an array.</summary>
internal sealed class MatrixRows(float[] values, int featureCount) : IFeatureRows
{
    public void CopyFeatures(int row, Span<float> features) => values.AsSpan(row * featureCount, featureCount).CopyTo(features);

    public void AppendEntries(int row, SparseRows rows) =>
        rows.Append(new RowFeatures(featureCount, values.AsSpan(row * featureCount, featureCount)));
}
