using System.Globalization;

namespace MnistML.Trainers;

/// <summary>Options as texts, for a model to tell how it was trained.</summary>
internal static class OptionTexts
{
    /// <summary>What has nothing to do with what is learnt, or is a path of the machine that it was learnt on.</summary>
    private static readonly string[] LeftOut =
        [nameof(MlpTrainer.Options.Progress), nameof(MlpTrainer.Options.CancellationToken), nameof(MlpTrainer.Options.OnCancellation), nameof(MlpTrainer.Options.CheckpointPath)];

    /// <summary>Each option's value by its name, in the order of the names; "none" for null.</summary>
    public static IReadOnlyDictionary<string, string> Of(MlpTrainer.Options options) => new SortedDictionary<string, string>(
        typeof(MlpTrainer.Options).GetProperties()
            .Where(property => property.GetMethod!.IsPublic && !LeftOut.Contains(property.Name))
            .ToDictionary(property => property.Name, property => Convert.ToString(property.GetValue(options), CultureInfo.InvariantCulture) ?? "none"),
        StringComparer.Ordinal);
}
