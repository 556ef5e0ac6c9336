namespace MnistML.Network;

/// <summary>How features are brought to one scale before the first layer: <c>(x - mean) / deviation</c>, feature by feature.</summary>
/// <param name="Means">What is taken off each feature.</param>
/// <param name="Deviations">What each is divided by then; above 0.</param>
internal sealed record FeatureScale(double[] Means, double[] Deviations);
