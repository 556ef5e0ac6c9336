namespace MnistML.Network.Losses;

/// <summary>
/// The standardisation of labels in regression: the network learns <c>(label - Mean) / Deviation</c>, so that learning rates do not depend
/// on the label's unit.
/// </summary>
/// <param name="Mean">The mean of the labels.</param>
/// <param name="Deviation">The standard deviation of the labels, above 0.</param>
internal sealed record TargetScale(double Mean, double Deviation)
{
    public double Standardize(float label) => (label - Mean) / Deviation;
}
