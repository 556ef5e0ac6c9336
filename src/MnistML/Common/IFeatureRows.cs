namespace MnistML.Common;

/// <summary>Rows whose features can be had in either form, by their index. Several threads may read at once.</summary>
internal interface IFeatureRows
{
    /// <summary>Copies all features of a row.</summary>
    void CopyFeatures(int row, Span<float> features);

    /// <summary>Appends the features of a row that are not zero.</summary>
    void AppendEntries(int row, SparseRows rows);
}
