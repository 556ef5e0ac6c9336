using System.Collections;
using System.Globalization;
using System.Reflection;

namespace MnistML.Training.Options;

/// <summary>
/// The one description of options as text: checkpoints compare it, models carry it, and the log shows it. It is complete, since it covers
/// all properties of the records and of nested records, and it is the same under every culture.
/// </summary>
internal static class OptionsDescription
{
    /// <summary>What is written for null.</summary>
    public const string None = "none";

    /// <summary>The options that cannot change the weights that a training gives when it runs to its end.</summary>
    public static IReadOnlyList<string> WithoutEffectOnResult { get; } =
    [
        nameof(MlpTrainingOptions.Group), // It has, but a training goes on with another number of processes. TrainingFingerprint names it.
        nameof(MlpTrainingOptions.Progress),
        nameof(MlpTrainingOptions.CancellationToken),
        nameof(MlpTrainingOptions.OnCancellation),
        nameof(MlpTrainingOptions.CheckpointPath),
    ];

    /// <summary>The value of each option that has an effect on the result, by its name, in the order of the names.</summary>
    public static SortedDictionary<string, string> Of(MlpTrainingOptions options) => new(
        PropertiesOf(options.GetType())
            .Where(property => property.GetMethod!.IsPublic && !WithoutEffectOnResult.Contains(property.Name))
            .ToDictionary(property => property.Name, property => Describe(property.GetValue(options))),
        StringComparer.Ordinal);

    /// <summary>The description on one line, for the log.</summary>
    public static string OneLine(MlpTrainingOptions options) =>
        string.Join(", ", Of(options).Select(option => $"{option.Key} = {option.Value}"));

    /// <summary>
    /// A value as text. A record is its name and all its properties, private ones too, since two records may differ in a private one only.
    /// </summary>
    public static string Describe(object? value) => value switch
    {
        null => None,
        string text => text,
        Enum or bool => value.ToString()!,
        IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Describe))}]",
        _ => $"{value.GetType().Name} {{ {string.Join(", ", DescribeProperties(value))} }}",
    };

    private static IEnumerable<string> DescribeProperties(object record) =>
        PropertiesOf(record.GetType()).Select(property => $"{property.Name} = {Describe(property.GetValue(record))}");

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(property =>
            property.Name != "EqualityContract" && property.GetIndexParameters().Length == 0 && property.GetMethod is not null)
        .OrderBy(property => property.Name, StringComparer.Ordinal);
}
