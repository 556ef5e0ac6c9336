using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace MnistML.Training;

/// <summary>What makes a training the one that it is, as named texts: a checkpoint goes on only where all are the same.</summary>
internal static class TrainingFingerprint
{
    public static Dictionary<string, string> Of(MlpArchitecture architecture, TrainingData data, MlpTrainingOptions options, MlpPrecision precision, int seed, MlpModelParameters? initialModel)
    {
        var fingerprint = new Dictionary<string, string>
        {
            ["Network"] = $"{architecture} {architecture.Activation}",
            ["Data"] = data.Fingerprint,
            [nameof(options.Seed)] = Text(seed),
            [nameof(options.DropoutRate)] = Text(options.DropoutRateFor(data.Train.RowCount)),
            [nameof(options.InputNoise)] = Text(options.InputNoise),
            [nameof(options.BatchNormalization)] = Text(options.BatchNormalization),
            [nameof(options.Initializer)] = options.Initializer.ToString(),
            [nameof(options.FeatureScaling)] = options.FeatureScaling.ToString(),
            [nameof(options.Optimizer)] = $"{options.Optimizer.GetType().Name} {Text(options.Optimizer)}",
            [nameof(options.Schedule)] = $"{options.Schedule.GetType().Name} {Text(options.Schedule)}",
            [nameof(options.Precision)] = precision.ToString(),
            [nameof(options.BatchSize)] = Text(options.BatchSize),
            [nameof(options.LabelSmoothing)] = Text(options.LabelSmoothing),
            [nameof(options.ClassWeights)] = options.ClassWeights.ToString(),
            [nameof(options.ValidationFraction)] = Text(options.ValidationFraction),
            [nameof(options.EarlyStopping)] = Text(options.EarlyStopping),
            [nameof(options.Augmentation)] = Text(options.Augmentation),
            [nameof(options.GradientClipNorm)] = Text(options.GradientClipNorm),
            ["Initial model"] = initialModel is null ? "none" : Hash(initialModel),
        };
        if (options.Schedule.DependsOnLength)
        {
            var plan = new BatchPlan(data.Train.RowCount, options.BatchSize, options.BatchNormalization);
            fingerprint[nameof(options.MaxEpochs)] = Text(options.EpochsFor(plan.BatchCount));
        }

        return fingerprint;
    }

    private static string Text(object? value) => value is null ? "none" : JsonSerializer.Serialize(value, value.GetType());

    private static string Hash(MlpModelParameters model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var layer in model.Layers)
        {
            hash.AppendData(MemoryMarshal.AsBytes(layer.Weights.Span));
            hash.AppendData(MemoryMarshal.AsBytes(layer.Biases.Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
