using MnistML.Training.Options;
using MnistML.Training.Rows;

namespace MnistML.Training.Checkpoints;

/// <summary>What identifies a training, as named texts: a checkpoint is resumed only where all of them are equal.</summary>
internal static class TrainingFingerprint
{
    /// <summary>The entry of the task, which checkpoints of before 0.3 lack: all of them are of multiclass classification.</summary>
    public const string TaskName = "Task";

    /// <summary>Describes a training.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="data">The rows.</param>
    /// <param name="options">The options. An option that was left to a rule is described by what the rule chose.</param>
    /// <param name="precision">The precision that <see cref="MlpTrainingOptions.Precision"/> resolves to.</param>
    /// <param name="device">The device that <see cref="MlpTrainingOptions.Device"/> resolves to.</param>
    /// <param name="seed">The seed that <see cref="MlpTrainingOptions.Seed"/> resolves to.</param>
    /// <param name="initialModel">The model that the training begins with; null if it draws the weights.</param>
    public static IReadOnlyDictionary<string, string> Of(
        MlpArchitecture architecture,
        TrainingData data,
        MlpTrainingOptions options,
        MlpPrecision precision,
        string device,
        int seed,
        MlpModelParameters? initialModel)
    {
        var plan = new BatchPlan(data.Train.RowCount, options.BatchSize, options.BatchNormalization);
        var fingerprint = OptionsDescription.Of(options with
        {
            DropoutRate = options.DropoutRateFor(data.Train.RowCount),
            MaxEpochs = options.EpochsFor(plan.BatchCount),
            Precision = precision,
            Device = device,
            Seed = seed,
            ThreadCount = options.ChooseThreadCount(),
        });
        fingerprint["Network"] = $"{architecture} {architecture.Activation}";
        fingerprint[TaskName] = $"{architecture.Task}";
        fingerprint["Data"] = data.Fingerprint;
        fingerprint["Initial model"] = initialModel?.ComputeHash() ?? OptionsDescription.None;
        if (!options.Schedule.DependsOnLength())
        {
            fingerprint.Remove(nameof(options.MaxEpochs)); // A finished training may then be resumed with more epochs.
        }

        if (data.Train.StreamBytes is null && data.Validation?.StreamBytes is null)
        {
            fingerprint.Remove(nameof(options.MaxCacheBytes)); // Where all rows are held, it does not matter how many more would have been.
        }

        return fingerprint;
    }
}
