using MnistML.Training.Options;

namespace MnistML;

/// <summary>
/// Which columns features become, beside their scaled values, before they enter the network. What it needs is learned from the training
/// rows in <c>Fit</c>, and is part of the model.
/// </summary>
public abstract record MlpFeatureEncoding
{
    private protected MlpFeatureEncoding()
    {
    }

    /// <summary>
    /// By what the features are like: <see cref="PiecewiseLinear"/> for tables where there are several
    /// <see cref="MlpTrainingOptions.Members"/>, with 16 bins for up to 16 features of more than two values, 10 for up to 24, 6 for more,
    /// and 5 or 4 from 586 on; and <see cref="None"/> for images, for sparse text, for tables of more than 819 such features, and for a
    /// single network, which bins alone would overfit. With an initial model it keeps that one's columns.
    /// </summary>
    public static MlpFeatureEncoding Auto { get; } = new AutoEncoding();

    /// <summary>No columns but the scaled features.</summary>
    public static MlpFeatureEncoding None { get; } = new NoEncoding();

    /// <summary>
    /// Each feature of more than two values also becomes bins, each <c>(x - low) / (high - low)</c> kept within 0 and 1, less its mean over
    /// the training rows (piecewise-linear encoding of Gorishniy, Rubachev and Babenko, 2022). So a network sees at once in which part of
    /// its range a feature lies, as a decision tree does. Edges of bins lie at quantiles; a feature of few values has one at each value,
    /// and a value that is in more rows than a bin should hold has an edge of its own. Values beyond those of the training rows are as the
    /// outermost.
    /// </summary>
    /// <remarks>
    /// Quantiles are those of all training rows up to 65,536, or of as many that are drawn at random where there are more (fewer where rows
    /// are wide: the sample holds at most 1 million values). In a sample of n rows each edge is within <c>√(3.8 / n)</c> of the rows of
    /// its place, 0.8 % for 65,536, with a probability of 99.9 % (the inequality of Dvoretzky, Kiefer and Wolfowitz).
    /// </remarks>
    /// <param name="bins">The most bins of a feature, from 1 to 255; 16 by default.</param>
    public static MlpFeatureEncoding PiecewiseLinear(int bins = PiecewiseLinearEncoding.DefaultBins) =>
        new PiecewiseLinearEncoding { Bins = bins };

    private sealed record AutoEncoding : MlpFeatureEncoding;

    private sealed record NoEncoding : MlpFeatureEncoding;
}
