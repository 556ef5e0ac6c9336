using MnistML.Network.Losses;

namespace MnistML;

public sealed partial class MlpTrainer
{
    /// <summary>
    /// The columns, the network and its training. <c>new Options()</c> equals <see cref="MlpRecipes.Fast"/>. A trainer never changes its
    /// options; derive others by <c>with</c>.
    /// </summary>
    public sealed record Options : MlpClassificationOptions
    {
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
            : base(original ?? throw new ArgumentNullException(nameof(original))) => KeepMissingClasses = original.KeepMissingClasses;

        /// <summary>
        /// Whether a training that begins with a transformer keeps the classes that the transformer knows and the data does not have. They
        /// follow the classes of the data in <c>Score</c> and in the <c>KeyValues</c> of <c>PredictedLabel</c>, and are predicted as far as
        /// the training does not unlearn them. False, the default, drops them, so that the classes are those of the label column.
        /// </summary>
        public bool KeepMissingClasses { get; init; }

        internal override bool KeepsMissingClasses => KeepMissingClasses;

        internal override MlpTask Task => MlpTask.Multiclass;

        internal override TrainingLoss CreateLoss(TargetScale scale) => new CrossEntropyLoss(LabelSmoothing);
    }
}
