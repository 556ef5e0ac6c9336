using System.ComponentModel.DataAnnotations;
using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Losses;
using MnistML.Training.Options;
using MnistML.Training.Schedules;

namespace MnistML;

/// <content>What follows from the options: values left to a rule, the loss and the network of the task, what is refused.</content>
public abstract partial record MlpTrainingOptions
{
    /// <summary>
    /// The precision that <see cref="Precision"/> resolves to for a network on this machine: <see cref="MlpPrecision.Single"/> or
    /// <see cref="MlpPrecision.BFloat16"/>.
    /// </summary>
    /// <param name="architecture">The network.</param>
    /// <exception cref="ArgumentException">There is no such <see cref="Device"/>.</exception>
    public MlpPrecision ChoosePrecision(MlpArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        LibTorch.EnsureLoaded();
        return PrecisionFor(architecture, TrainingDevice.Find(Device));
    }

    /// <summary>The number of threads that <see cref="ThreadCount"/> resolves to on this machine.</summary>
    public int ChooseThreadCount() => ThreadCount ?? PhysicalCores.Count;

    internal MlpPrecision PrecisionFor(MlpArchitecture architecture, TorchSharp.torch.Device device) =>
        AutoPrecision.Choose(Precision, architecture, device.type, ProcessorAbilities.HasFastBFloat16);

    /// <summary>Rules that concern more than one option.</summary>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (BatchNormalization && BatchSize == 1)
        {
            yield return new ValidationResult(
                $"{nameof(BatchSize)} is 1, but {nameof(BatchNormalization)} needs batches of at least 2: set it to false, "
                + "or choose larger batches.");
        }

        if (Schedule is DoublingCyclesSchedule { WarmUpEpochs: > 0 })
        {
            yield return new ValidationResult(
                $"{nameof(Schedule)} has {nameof(MlpSchedule.WarmUpEpochs)}, but {nameof(MlpSchedule.DoublingCycles)} begins each cycle "
                + "with a warm-up of its own: leave it at 0.");
        }

        if (Schedule is DoublingCyclesSchedule && EarlyStopping is not null)
        {
            yield return new ValidationResult(
                $"{nameof(EarlyStopping)} is set, but {nameof(MlpSchedule.DoublingCycles)} ends the training by itself: "
                + "leave one of them out.");
        }

        if (Group is not null && Device != TrainingDevice.Processor)
        {
            yield return new ValidationResult(
                $"{nameof(Group)} is set, but {nameof(Device)} is \"{Device}\": processes train together on the processor only. "
                + $"Set {nameof(Device)} to \"{TrainingDevice.Processor}\".");
        }

        if (Group is not null && SparseFeatures == true)
        {
            yield return new ValidationResult(
                $"{nameof(Group)} is set, and {nameof(SparseFeatures)} is true: processes sum all gradients, those of zeros too. "
                + $"Leave {nameof(SparseFeatures)} open, which then trains on all features.");
        }

        if (SparseFeatures == true && NotSparseBecause is { } other)
        {
            yield return new ValidationResult(
                $"{nameof(SparseFeatures)} is true, but {other} makes zeros something else: leave one of them out.");
        }

        if (OutOfFold == true && Members == 1)
        {
            yield return new ValidationResult(
                $"{nameof(OutOfFold)} is true, but {nameof(Members)} is 1: only several networks can leave out different rows. "
                + $"Set {nameof(Members)} to 8, for example.");
        }
    }

    /// <summary>The option by which zeros become something else, so that features can't be sparse; null if there is none.</summary>
    internal string? NotSparseBecause =>
        InputNoise > 0 ? nameof(InputNoise)
        : Augmentation is not null ? nameof(Augmentation)
        : FeatureEncoding is PiecewiseLinearEncoding ? nameof(FeatureEncoding)
        : LearnedFeatureFactors == true ? nameof(LearnedFeatureFactors)
        : FeatureScaling is MlpFeatureScaling.Auto or MlpFeatureScaling.None or MlpFeatureScaling.MaxAbsAboveOne ? null
        : nameof(FeatureScaling);

    /// <summary>What the network predicts.</summary>
    internal abstract MlpTask Task { get; }

    /// <summary>The factor on the loss of each row by its class; none where labels are no classes.</summary>
    internal virtual MlpClassWeights WeightsOfClasses => MlpClassWeights.None;

    /// <summary>What the training minimises.</summary>
    /// <param name="scale">Mean and deviation of the labels, for regression.</param>
    internal abstract TrainingLoss CreateLoss(TargetScale scale);

    /// <summary>
    /// Whether the finished network is given a temperature, where there are rows to calibrate it with; null leaves it open.
    /// </summary>
    internal virtual bool? Calibrates => false;

    /// <summary>Whether classes of an initial model that the data does not have are kept.</summary>
    internal virtual bool KeepsMissingClasses => false;
}
