using System.ComponentModel.DataAnnotations;

namespace MnistML;

public sealed partial class MlpTrainer
{
    /// <summary>
    /// What to train, and how. <c>new Options()</c> equals <see cref="MlpRecipes.Fast"/>. Options are never changed by a trainer; make others
    /// of them by <c>with</c>.
    /// </summary>
    public sealed record Options : MlpTrainingOptions
    {
        private const string Missing = "{0} is missing: it must name a column.";

        /// <summary>The column of labels, a key; <c>"Label"</c> by default.</summary>
        [Required(ErrorMessage = Missing)]
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>The column of features, a vector of Single; <c>"Features"</c> by default.</summary>
        [Required(ErrorMessage = Missing)]
        public string FeatureColumnName { get; init; } = "Features";
    }
}
