namespace MnistML;

/// <summary>
/// One column that the first layer of a network reads: a feature itself, or a bin of one, which is <c>(x - Low) / (High - Low)</c> kept
/// within 0 and 1, so that it rises through the bin and is flat outside it.
/// </summary>
/// <param name="Feature">The zero-based index of the feature x.</param>
/// <param name="Low">Where the bin begins; negative infinity for the feature itself.</param>
/// <param name="High">Where the bin ends, above <paramref name="Low"/>; positive infinity for the feature itself.</param>
public readonly record struct MlpEncodedColumn(int Feature, float Low, float High)
{
    /// <summary>The column of a feature itself.</summary>
    internal MlpEncodedColumn(int feature)
        : this(feature, float.NegativeInfinity, float.PositiveInfinity)
    {
    }

    /// <summary>Whether it is a bin, and not the feature itself.</summary>
    public bool IsBin => Low != float.NegativeInfinity;

    /// <summary>The factor of a bin, <c>1 / (High - Low)</c>.</summary>
    internal float Slope => 1 / (High - Low);
}
