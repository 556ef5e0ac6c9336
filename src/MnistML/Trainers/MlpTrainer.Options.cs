using System.ComponentModel.DataAnnotations;

namespace MnistML;

public sealed partial class MlpTrainer
{
    /// <summary>
    /// The network, its training and its columns. <c>new Options()</c> equals <see cref="MlpRecipes.Fast"/>. A trainer never changes its
    /// options; derive others by <c>with</c>.
    /// </summary>
    public sealed record Options : MlpTrainingOptions
    {
        private const string Missing = "{0} is missing: it must name a column.";

        /// <summary>The default options, those of <see cref="MlpRecipes.Fast"/>.</summary>
        public Options()
        {
        }

        /// <summary>
        /// A copy of other options, which an object initializer changes: what <c>with</c> does, in a form that F# has too.
        /// <c>MlpTrainer.Options(MlpRecipes.Classic, MaxEpochs = Nullable 3)</c>
        /// </summary>
        /// <param name="original">The options to copy; they stay as they are.</param>
        /// <exception cref="ArgumentNullException"><paramref name="original"/> is null.</exception>
        public Options(Options original)
            : base(original ?? throw new ArgumentNullException(nameof(original)))
        {
            LabelColumnName = original.LabelColumnName;
            FeatureColumnName = original.FeatureColumnName;
            ExampleWeightColumnName = original.ExampleWeightColumnName;
            InvalidFeatures = original.InvalidFeatures;
        }

        /// <summary>The column of labels, a key; <c>"Label"</c> by default.</summary>
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
        [EnumDataType(typeof(MlpInvalidFeatures), ErrorMessage = "{0} must be one of those that its type names.")]
        public MlpInvalidFeatures InvalidFeatures { get; init; }
    }
}
