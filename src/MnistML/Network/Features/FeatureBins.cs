namespace MnistML.Network.Features;

/// <summary>The bins of one feature, as they were learned.</summary>
/// <param name="Edges">Where bins begin and end: finite, ascending, at least 2.</param>
/// <param name="Means">The mean of each bin over the training rows, which is subtracted from it; one fewer than edges.</param>
/// <param name="Scores">
/// The feature's normal score at each edge, between which it is a straight line; null where the feature is scaled as it is.
/// </param>
internal sealed record FeatureBins(float[] Edges, float[] Means, float[]? Scores)
{
    public int Count => Means.Length;
}
