using System.ComponentModel.DataAnnotations;

namespace MnistML;

/// <content>The columns, and which of their values are allowed.</content>
public abstract partial record MlpTrainingOptions
{
    private const string Missing = "{0} is missing: it must name a column.";

    /// <summary>
    /// The column of labels; <c>"Label"</c> by default: a key in multiclass classification, a Boolean in binary classification, a Single in
    /// regression.
    /// </summary>
    [Required(ErrorMessage = Missing)]
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The column of features, a vector of Single; <c>"Features"</c> by default.</summary>
    [Required(ErrorMessage = Missing)]
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>
    /// The column of weights, a Single for each row, 0 or above: a factor on the row's loss. They are divided by their mean over the
    /// training rows, so that only their proportions matter. Null, the default, weighs all rows alike. Validation metrics are never
    /// weighted.
    /// </summary>
    [MinLength(1, ErrorMessage = "{0} must name a column, or be null.")]
    public string? ExampleWeightColumnName { get; init; }

    /// <summary>
    /// How a row with a feature that is NaN or infinite is treated; <see cref="MlpInvalidFeatures.Throw"/> by default.
    /// </summary>
    [EnumDataType(typeof(MlpInvalidFeatures), ErrorMessage = NotNamed)]
    public MlpInvalidFeatures InvalidFeatures { get; init; }
}
