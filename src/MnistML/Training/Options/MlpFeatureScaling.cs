namespace MnistML;

/// <summary>What is done to the features in front of the network. It is learnt in <c>Fit</c> and folded into the model's first layer.</summary>
public enum MlpFeatureScaling
{
    /// <summary>Nothing: features should have about one scale already, such as pixels from 0 to 1.</summary>
    None,

    /// <summary>
    /// Each feature minus its mean, divided by its standard deviation over the training rows (that of the population, as in scikit-learn's
    /// <c>StandardScaler</c>); a feature that is the same in all rows is not divided. Suits features of any scale.
    /// </summary>
    Standardize,

    /// <summary>
    /// As <see cref="Standardize"/>, but where a feature has a value farther than five deviations from its mean, it is divided by so much that this one ends
    /// there. A pixel that is ink in one image of a thousand would else count thirty times as much as one in the middle.
    /// </summary>
    BoundedStandardize,
}
