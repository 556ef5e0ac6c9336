using MnistML.Training.Options;

namespace MnistML.Training.Choices;

/// <summary>
/// The number of bins of a feature where the user leaves it open: fewer for many features, so that the first layer stays small.
/// </summary>
internal static class AutoBins
{
    /// <summary>With about so many inputs, the processor's cache holds the first layer of eight networks while it predicts.</summary>
    private const int FastInputs = 240;

    /// <summary>More inputs than this are not worth their memory.</summary>
    private const int MaxInputs = 4096;

    /// <summary>Fewer bins are taken only where there would be more than <see cref="MaxInputs"/>.</summary>
    private const int FewBins = 8;

    /// <summary>With fewer bins, an edge is too far from where a feature matters.</summary>
    private const int MinBins = 4;

    /// <summary>The most bins of a feature; 0 for none.</summary>
    public static int Choose(int featureCount)
    {
        var bins = Math.Min(
            Math.Clamp(FastInputs / featureCount, FewBins, PiecewiseLinearEncoding.DefaultBins), (MaxInputs / featureCount) - 1);
        return bins < MinBins ? 0 : bins;
    }
}
