using MnistML.Training.Options;
using MnistML.Training.Rows;

namespace MnistML.Training.Checkpoints;

/// <summary>What identifies a training, as named texts: a checkpoint is resumed only where all of them are equal.</summary>
internal static class TrainingFingerprint
{
    private const string TaskName = "Task";

    /// <summary>Absent where one process has all rows.</summary>
    private const string RowOrderName = "Order of rows";

    /// <summary>An option of multiclass classification alone.</summary>
    private const string KeepMissingClassesName = "KeepMissingClasses";

    /// <summary>
    /// Adds what checkpoints of earlier versions do not name: before tasks and ensembles there were single networks for multiclass
    /// classification, which read the features themselves.
    /// </summary>
    public static void AddWhatEarlierOnesLack(IDictionary<string, string> fingerprint)
    {
        fingerprint.TryAdd(TaskName, nameof(MlpTask.Multiclass));
        fingerprint.TryAdd(nameof(MlpTrainingOptions.Members), "1");
        fingerprint.TryAdd(nameof(MlpTrainingOptions.FeatureEncoding), OptionsDescription.Describe(MlpFeatureEncoding.None));
        fingerprint.TryAdd(nameof(MlpTrainingOptions.OutOfFold), bool.FalseString);
        fingerprint.TryAdd(nameof(MlpTrainingOptions.LearnedFeatureFactors), bool.FalseString);
        fingerprint.TryAdd(nameof(MlpTrainingOptions.SparseFeatures), bool.FalseString);
        fingerprint.TryAdd(nameof(MlpTrainingOptions.BatchStatistics), nameof(MlpBatchStatistics.Synchronized));
        if (fingerprint[TaskName] != nameof(MlpTask.Regression))
        {
            fingerprint.TryAdd(nameof(MlpClassificationOptions.CalibrateTemperature), bool.FalseString);
        }

        if (fingerprint[TaskName] == nameof(MlpTask.Multiclass))
        {
            fingerprint.TryAdd(KeepMissingClassesName, bool.FalseString);
        }
    }

    /// <summary>Describes a training.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="data">The rows.</param>
    /// <param name="options">The options, with what the rules chose.</param>
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
        var fingerprint = OptionsDescription.Of(options with
        {
            Precision = precision,
            Device = device,
            Seed = seed,
            ThreadCount = options.ChooseThreadCount(),
        });
        fingerprint["Network"] = $"{architecture} {architecture.Activation}";
        fingerprint[TaskName] = $"{architecture.Task}";
        fingerprint["Data"] = data.Fingerprint;
        fingerprint["Initial model"] = initialModel?.ComputeHash() ?? OptionsDescription.None;
        if (!options.Schedule!.DependsOnLength())
        {
            fingerprint.Remove(nameof(options.MaxEpochs)); // A finished training may then be resumed with more epochs.
        }

        if (options.Group is not null)
        {
            // Each process has threads of its own, and all have the same sums.
            fingerprint[RowOrderName] = "by lanes, as in a group";
            fingerprint.Remove(nameof(options.ThreadCount));
        }

        if (data.Train.StreamBytes is null && data.Validation?.StreamBytes is null)
        {
            fingerprint.Remove(nameof(options.MaxCacheBytes)); // Where all rows are held, it does not matter how many more would have been.
        }

        return fingerprint;
    }
}
