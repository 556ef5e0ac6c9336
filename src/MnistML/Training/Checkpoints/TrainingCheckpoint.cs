using System.Globalization;
using System.Text.Json;
using MnistML.Model;
using MnistML.Training.Options;

namespace MnistML.Training.Checkpoints;

/// <summary>
/// The state of a training after an epoch, as a file in the safetensors format. Random numbers are functions of seed and epoch, and
/// schedules are functions of step and history, so nothing else has to be stored.
/// </summary>
internal sealed record TrainingCheckpoint
{
    private const string Format = "MnistML training checkpoint 2";
    private const string OlderFormat = "MnistML training checkpoint 1";
    private const string FormatName = "format";
    private const string SeedName = "seed";
    private const string HistoryName = "history";
    private const string FingerprintName = "training";
    private const string NetworkPrefix = "network.";
    private const string OptimizerPrefix = "optimizer.";
    private const string BestPrefix = "best.";

    public required int Seed { get; init; }

    public required IReadOnlyDictionary<string, string> Fingerprint { get; init; }

    public required IReadOnlyList<MlpEpochMetrics> History { get; init; }

    public required IReadOnlyDictionary<string, float[]> Network { get; init; }

    public required IReadOnlyDictionary<string, float[]> Optimizer { get; init; }

    public IReadOnlyDictionary<string, float[]>? Best { get; init; }

    /// <summary>Reads a checkpoint; null if there is no such file.</summary>
    /// <exception cref="InvalidDataException">It is not a checkpoint, or not whole.</exception>
    public static TrainingCheckpoint? TryRead(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a checkpoint that another process has read from its file.</summary>
    /// <inheritdoc cref="TryRead" path="/exception"/>
    public static TrainingCheckpoint Parse(byte[] bytes, string path) => Read(new MemoryStream(bytes), path);

    private static TrainingCheckpoint Read(Stream stream, string path)
    {
        var file = SafetensorsFile.Read(stream, $"'{path}'");
        var format = file.Metadata.GetValueOrDefault(FormatName);
        if (format != Format)
        {
            throw NotUsable(
                path,
                format == OlderFormat
                    ? "a version of MnistML before 0.2 wrote it, which drew other random numbers, so the training would not end as it began"
                    : $"its format is '{format}', but '{Format}' was expected",
                inner: null);
        }

        try
        {
            var best = Tensors(file, BestPrefix);
            var fingerprint = JsonSerializer.Deserialize<Dictionary<string, string>>(file.Metadata[FingerprintName])!;
            TrainingFingerprint.AddWhatEarlierOnesLack(fingerprint);
            return new TrainingCheckpoint
            {
                Seed = int.Parse(file.Metadata[SeedName], CultureInfo.InvariantCulture),
                Fingerprint = fingerprint,
                History = JsonSerializer.Deserialize<MlpEpochMetrics[]>(file.Metadata[HistoryName])!,
                Network = Tensors(file, NetworkPrefix),
                Optimizer = Tensors(file, OptimizerPrefix),
                Best = best.Count > 0 ? best : null,
            };
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or JsonException or OverflowException)
        {
            throw NotUsable(path, "its description can't be read", error);
        }
    }

    /// <summary>Writes the checkpoint. It replaces an earlier one only when it is complete.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        (string Prefix, IReadOnlyDictionary<string, float[]>? State)[] parts =
            [(NetworkPrefix, Network), (OptimizerPrefix, Optimizer), (BestPrefix, Best)];
        new SafetensorsFile
        {
            Metadata = new Dictionary<string, string>
            {
                [FormatName] = Format,
                [SeedName] = Seed.ToString(CultureInfo.InvariantCulture),
                [FingerprintName] = JsonSerializer.Serialize(Fingerprint),
                [HistoryName] = JsonSerializer.Serialize(History),
            },
            Tensors = parts
                .SelectMany(
                    part => (part.State ?? new Dictionary<string, float[]>())
                        .Select(values => KeyValuePair.Create(part.Prefix + values.Key, new SafetensorsTensor(values.Value))))
                .ToDictionary(),
        }.Write(path);
    }

    /// <summary>Refuses to resume a different training.</summary>
    /// <exception cref="InvalidOperationException">Something differs; the message lists it.</exception>
    public void ThrowIfOther(IReadOnlyDictionary<string, string> fingerprint, string path)
    {
        string[] differences =
        [
            .. fingerprint.Keys.Union(Fingerprint.Keys)
                .Select(name => (
                    Name: name,
                    Now: fingerprint.GetValueOrDefault(name, OptionsDescription.None),
                    Then: Fingerprint.GetValueOrDefault(name, OptionsDescription.None)))
                .Where(entry => entry.Now != entry.Then)
                .Select(entry => $"- {entry.Name} is {entry.Now}, but in the checkpoint it is {entry.Then}."),
        ];
        if (differences.Length > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine,
            [
                $"The checkpoint '{path}' belongs to a different training run and cannot be resumed:", .. differences,
                "Choose another CheckpointPath or delete the file. To train a finished model further, pass it to Fit as the initial model.",
            ]));
        }
    }

    private static InvalidDataException NotUsable(string path, string why, Exception? inner) =>
        new($"'{path}' is not a checkpoint that can be resumed: {why}. Delete it, "
        + $"or choose another {nameof(MlpTrainingOptions.CheckpointPath)}.", inner);

    private static Dictionary<string, float[]> Tensors(SafetensorsFile file, string prefix) => file.Tensors
        .Where(values => values.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(values => values.Key[prefix.Length..], values => values.Value.Values);
}
