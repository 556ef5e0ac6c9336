using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace MnistML.Model;

/// <summary>The metadata in the files of a trained network, as named strings.</summary>
internal sealed record MlpMetadata
{
    /// <summary>The model's card in an exported model.</summary>
    public const string CardName = "mnistml.card";

    private const string VersionName = "mnistml.version";
    private const string OptionsName = "mnistml.options";
    private const string ClassNamesName = "mnistml.class_names";
    private const string FeatureNamesName = "mnistml.feature_names";
    private const string HistoryName = "mnistml.history";
    private const string FinalMetricsName = "mnistml.final_metrics";
    private const string TrainingRowsName = "mnistml.training_rows";
    private const string ValidationRowsName = "mnistml.validation_rows";
    private const string LibrariesName = "mnistml.libraries";

    /// <summary>The version of this library.</summary>
    public static string CurrentVersion { get; } =
        typeof(MlpMetadata).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The version of the library that trained the network.</summary>
    public string Version { get; init; } = CurrentVersion;

    /// <summary>The options of the training by their names, without paths.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The classes' names in the order of the logits; null if they have none.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The features' names in their order; null if they have none.</summary>
    public IReadOnlyList<string>? FeatureNames { get; init; }

    /// <summary>The metrics of each epoch.</summary>
    public IReadOnlyList<MlpEpochMetrics> History { get; init; } = [];

    /// <summary>The rows that were trained on; null for models of libraries before 0.3.</summary>
    public long? TrainingRows { get; init; }

    /// <summary>The rows that were validated on; null without any.</summary>
    public long? ValidationRows { get; init; }

    /// <summary>The versions of the libraries that trained the network, by their names.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; init; } = new Dictionary<string, string>();

    /// <summary>All metadata.</summary>
    public IReadOnlyDictionary<string, string> ToProperties() => new Dictionary<string, string>(Properties)
    {
        [HistoryName] = JsonSerializer.Serialize(History),
    };

    /// <summary>The metadata that is equal for each run of the same training: no times, and only the last epoch.</summary>
    public IReadOnlyDictionary<string, string> ToReproducibleProperties() =>
        History.Count == 0 ? Properties : new Dictionary<string, string>(Properties) { [FinalMetricsName] = Describe(History[^1]) };

    /// <summary>Reads the result of <see cref="ToProperties"/>.</summary>
    /// <exception cref="InvalidDataException">Something is missing or cannot be read.</exception>
    public static MlpMetadata Parse(IReadOnlyDictionary<string, string> properties)
    {
        try
        {
            return new MlpMetadata
            {
                Version = properties[VersionName],
                Options = Whole(JsonSerializer.Deserialize<Dictionary<string, string>>(properties[OptionsName]), options => options.Values),
                ClassNames = Names(properties, ClassNamesName),
                FeatureNames = Names(properties, FeatureNamesName),
                TrainingRows = Count(properties, TrainingRowsName),
                ValidationRows = Count(properties, ValidationRowsName),
                Libraries = properties.TryGetValue(LibrariesName, out var libraries)
                    ? Whole(JsonSerializer.Deserialize<Dictionary<string, string>>(libraries), versions => versions.Values)
                    : new Dictionary<string, string>(),
                History = Whole(JsonSerializer.Deserialize<MlpEpochMetrics[]>(properties[HistoryName]), epochs => epochs),
            };
        }
        catch (Exception error) when (error is KeyNotFoundException or JsonException)
        {
            throw new InvalidDataException($"its metadata can't be read: {error.Message}", error);
        }
    }

    private static long? Count(IReadOnlyDictionary<string, string> properties, string name) =>
        !properties.TryGetValue(name, out var text) ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count
        : throw new JsonException($"'{name}' is '{text}', but must be a number of rows.");

    private static string[]? Names(IReadOnlyDictionary<string, string> properties, string name) =>
        properties.TryGetValue(name, out var names) ? Whole(JsonSerializer.Deserialize<string[]>(names), texts => texts) : null;

    /// <summary>JSON may contain null, which none of these types allows.</summary>
    private static T Whole<T>(T? read, Func<T, IEnumerable<object?>> itemsOf)
        where T : class => read is not null && !itemsOf(read).Contains(null) ? read : throw new JsonException("Something in it is null.");

    private Dictionary<string, string> Properties
    {
        get
        {
            var properties = new Dictionary<string, string> { [VersionName] = Version, [OptionsName] = JsonSerializer.Serialize(Options) };
            if (ClassNames is not null)
            {
                properties[ClassNamesName] = JsonSerializer.Serialize(ClassNames);
            }

            if (FeatureNames is not null)
            {
                properties[FeatureNamesName] = JsonSerializer.Serialize(FeatureNames);
            }

            if (Libraries.Count > 0)
            {
                properties[LibrariesName] = JsonSerializer.Serialize(Libraries);
            }

            AddCount(TrainingRowsName, TrainingRows);
            AddCount(ValidationRowsName, ValidationRows);
            return properties;

            void AddCount(string name, long? count)
            {
                if (count is { } rows)
                {
                    properties[name] = rows.ToString(CultureInfo.InvariantCulture);
                }
            }
        }
    }

    private static string Describe(MlpEpochMetrics metrics)
    {
        var (name, ofTraining, ofValidation) = metrics.TrainRootMeanSquaredError is null
            ? ("accuracy", metrics.TrainAccuracy, metrics.ValidationAccuracy)
            : ("root_mean_squared_error", metrics.TrainRootMeanSquaredError, metrics.ValidationRootMeanSquaredError);
        return JsonSerializer.Serialize(new Dictionary<string, double?>
        {
            ["epoch"] = metrics.Epoch,
            ["train_loss"] = metrics.TrainLoss,
            [$"train_{name}"] = ofTraining,
            ["validation_loss"] = metrics.ValidationLoss,
            [$"validation_{name}"] = ofValidation,
        });
    }
}
