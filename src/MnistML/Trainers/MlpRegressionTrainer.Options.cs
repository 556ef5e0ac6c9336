using MnistML.Common;
using MnistML.Network.Losses;

namespace MnistML;

public sealed partial class MlpRegressionTrainer
{
    /// <summary>
    /// The columns, the network and its training, with the same defaults as <see cref="MlpTrainer.Options"/> but for
    /// <see cref="BatchNormalization"/> and the rule for <see cref="MlpTrainingOptions.DropoutRate"/>: the noise of both, which helps
    /// classes, blurs numbers. A trainer never changes its options; derive others by <c>with</c>.
    /// </summary>
    public sealed record Options : MlpTrainingOptions
    {
        /// <summary>The default options.</summary>
        public Options()
        {
        }

        /// <summary>A copy of other options, which an initializer changes: what <c>with</c> does, in a form that F# has too.</summary>
        /// <param name="original">The options to copy; they stay as they are.</param>
        /// <exception cref="ArgumentNullException"><paramref name="original"/> is null.</exception>
        public Options(Options original)
            : base(original ?? throw new ArgumentNullException(nameof(original)))
        {
            Loss = original.Loss;
            BatchNormalization = original.BatchNormalization;
        }

        /// <summary>
        /// Whether the values of each hidden layer are normalised over the batch, as in the other tasks; false by default. Its noise blurs
        /// predicted numbers: without it the errors were lower on five of six tables.
        /// </summary>
        public override bool BatchNormalization { get; init; }

        /// <summary>What the training minimises; <see cref="MlpRegressionLoss.Squared"/> by default.</summary>
        [OptionsWithin]
        public MlpRegressionLoss Loss { get; init; } = MlpRegressionLoss.Squared;

        internal override MlpTask Task => MlpTask.Regression;

        internal override TrainingLoss CreateLoss(TargetScale scale) => Loss.Create(scale);
    }
}
