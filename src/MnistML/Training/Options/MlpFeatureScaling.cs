namespace MnistML;

/// <summary>
/// How features are scaled before they enter the network. The scale is computed in <c>Fit</c> and folded into the model's first layer.
/// </summary>
public enum MlpFeatureScaling
{
    /// <summary>No scaling: features should have about one scale already, such as pixels from 0 to 1.</summary>
    None,

    /// <summary>
    /// Each feature minus its mean, divided by its standard deviation over the training rows (that of the population, as in scikit-learn's
    /// <c>StandardScaler</c>); a feature that is the same in all rows, or whose deviation is at most 1E-30, is not divided; a warning in
    /// the log counts the latter. Suits features of any scale.
    /// </summary>
    Standardize,

    /// <summary>
    /// As <see cref="Standardize"/>, but where a feature has a value farther than five deviations from its mean, the divisor is enlarged
    /// until the farthest value lies at five deviations. Otherwise a pixel that is ink in one image of a thousand would count thirty times
    /// as much as one in the middle.
    /// </summary>
    BoundedStandardize,

    /// <summary>
    /// Each feature of more than two values becomes the normal score of its rank among the training rows: the value of the standard normal
    /// distribution below which the same share lies, for ranks from 0.001 to 0.999, made to have mean 0 and deviation 1. It is exact at 17
    /// quantiles or at the edges of the bins of <see cref="MlpFeatureEncoding.PiecewiseLinear"/>, and a straight line between them. So no
    /// tail is too heavy. Features of two values are scaled as by <see cref="Standardize"/>.
    /// </summary>
    Quantile,

    /// <summary>
    /// <see cref="MaxAbsAboveOne"/> where features are sparse text (at least 1,000 features, of which at least 95 % are zero);
    /// <see cref="Quantile"/> where features have bins by <see cref="MlpFeatureEncoding.Auto"/>, or where
    /// <see cref="MlpFeatureEncoding.PiecewiseLinear"/> is set for a table, else <see cref="BoundedStandardize"/>.
    /// </summary>
    Auto,

    /// <summary>
    /// Each feature whose magnitude exceeds 1 in any training row is divided by its greatest magnitude; the others, as the frequencies that
    /// <c>FeaturizeText</c> gives, stay as they are. So all lie between -1 and 1, and zeros stay zeros.
    /// </summary>
    MaxAbsAboveOne,
}
