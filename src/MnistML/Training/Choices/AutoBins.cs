using MnistML.Training.Options;

namespace MnistML.Training.Choices;

/// <summary>
/// The number of bins of a feature where the user leaves it open: fewer for many features, so that the first layer of all members stays
/// small enough for the processor's cache, from which a prediction reads it.
/// </summary>
internal static class AutoBins
{
    private const int ManyBinsFeatures = 16;
    private const int SomeBinsFeatures = 24;
    private const int SomeBins = 10;
    private const int FewBins = 6;

    /// <summary>With fewer bins, an edge is too far from where a feature matters.</summary>
    private const int MinBins = 4;

    /// <summary>More inputs than this are not worth their memory.</summary>
    private const int MaxInputs = 4096;

    /// <summary>The most bins of a feature; 0 for none.</summary>
    /// <param name="featureCount">Features that have bins: those of more than two values.</param>
    public static int Choose(int featureCount)
    {
        var bins = featureCount switch
        {
            <= ManyBinsFeatures => PiecewiseLinearEncoding.DefaultBins,
            <= SomeBinsFeatures => SomeBins,
            _ => Math.Min(FewBins, (MaxInputs / featureCount) - 1),
        };
        return bins < MinBins ? 0 : bins;
    }
}
