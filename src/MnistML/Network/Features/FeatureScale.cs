namespace MnistML.Network.Features;

/// <summary>The standardisation of features before the first layer: <c>(x - mean) / deviation</c>, feature by feature.</summary>
/// <param name="Means">The value subtracted from each feature.</param>
/// <param name="Deviations">The divisor of each feature, above 0.</param>
internal sealed record FeatureScale(double[] Means, double[] Deviations);
