using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Web.Data;

/// <summary>
/// The drawings that the user labelled, kept as IDX files. Each change writes a new folder, which gets its number only when it is complete,
/// and then deletes the one before. So a process that is killed leaves the old state or the new one, never a part.
/// </summary>
internal sealed class CorrectionStore
{
    public const string ImagesName = "images.idx";
    public const string LabelsName = "labels.idx";
    private const string DetailsName = "details.json";

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly TimeProvider _time;
    private long _generation;
    private IReadOnlyList<Correction> _all = [];

    /// <param name="folder">The folder of all states, which is created.</param>
    /// <param name="time">Says when.</param>
    public CorrectionStore(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        Directory.CreateDirectory(folder);
        foreach (var leftover in Directory.EnumerateDirectories(folder, "*.tmp").ToArray())
        {
            Directory.Delete(leftover, recursive: true);
        }

        long[] generations = [.. GenerationsIn(folder).OrderDescending()];
        if (generations is [var newest, .. var older])
        {
            (_generation, _all) = (newest, Read(FolderOf(newest)));
            DeleteAll(older);
        }
    }

    /// <summary>All corrections in the order in which they were accepted.</summary>
    public IReadOnlyList<Correction> All => Volatile.Read(ref _all);

    /// <summary>Keeps a drawing. When this returns, it is on the disk.</summary>
    /// <returns>Null where there are as many as may be.</returns>
    public Correction? Add(byte[] pixels, int label, int? predicted, int maxCount)
    {
        lock (_lock)
        {
            if (_all.Count >= maxCount)
            {
                return null;
            }

            var correction = new Correction
            {
                Id = Guid.NewGuid().ToString("N"),
                Label = label,
                Predicted = predicted,
                At = _time.GetUtcNow(),
                Pixels = pixels,
            };
            Write([.. _all, correction]);
            return correction;
        }
    }

    /// <returns>Whether there was one of that name.</returns>
    public bool Delete(string id)
    {
        lock (_lock)
        {
            Correction[] left = [.. _all.Where(correction => correction.Id != id)];
            if (left.Length == _all.Count)
            {
                return false;
            }

            Write(left);
            return true;
        }
    }

    /// <summary>The IDX file of the images or of the labels of all corrections; null where there are none.</summary>
    public byte[]? ReadFile(string name)
    {
        lock (_lock)
        {
            return _all.Count == 0 ? null : File.ReadAllBytes(Path.Combine(FolderOf(_generation), name));
        }
    }

    private void Write(IReadOnlyList<Correction> corrections)
    {
        var next = _generation + 1;
        var temporary = $"{FolderOf(next)}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(temporary);
        try
        {
            WriteImages(corrections, temporary);
            using (var details = File.Create(Path.Combine(temporary, DetailsName)))
            {
                JsonSerializer.Serialize(details, corrections.Select(Detail.Of));
                details.Flush(flushToDisk: true);
            }

            Directory.Move(temporary, FolderOf(next));
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }

        var before = _generation;
        Volatile.Write(ref _all, corrections);
        _generation = next;
        DeleteAll([before]);
    }

    /// <summary>By the library's own <c>SaveAsIdx</c>; a set without rows has no files of images.</summary>
    private static void WriteImages(IReadOnlyList<Correction> corrections, string folder)
    {
        if (corrections.Count == 0)
        {
            return;
        }

        var mlContext = new MLContext();
        var rows = mlContext.Data.LoadFromEnumerable(
            corrections.Select(correction => new Row { Image = correction.Pixels, Label = (byte)correction.Label }));
        mlContext.Data.SaveAsIdx(rows, Path.Combine(folder, ImagesName), Path.Combine(folder, LabelsName));
    }

    private static IReadOnlyList<Correction> Read(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, DetailsName));
        var details = JsonSerializer.Deserialize<Detail[]>(file) ?? [];
        if (details.Length == 0)
        {
            return [];
        }

        var images = DigitSet.Read(Path.Combine(folder, ImagesName), Path.Combine(folder, LabelsName));
        return images.Count == details.Length
            ? [.. details.Select((detail, index) => detail.ToCorrection(images.Labels[index], images.PixelsOf(index).ToArray()))]
            : throw new InvalidDataException(
                $"'{folder}' holds {images.Count} images, but {details.Length} entries in {DetailsName}: was a file changed by hand? "
                + "Put it back, or move the folder away to begin without corrections.");
    }

    private void DeleteAll(IEnumerable<long> generations)
    {
        foreach (var folder in generations.Select(FolderOf).Where(Directory.Exists))
        {
            // A folder without its details is no state, should the process end in the middle of this.
            var leftover = $"{folder}.{Guid.NewGuid():N}.tmp";
            Directory.Move(folder, leftover);
            Directory.Delete(leftover, recursive: true);
        }
    }

    private static IEnumerable<long> GenerationsIn(string folder) =>
        from path in Directory.EnumerateDirectories(folder)
        let name = Path.GetFileName(path)
        where long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select long.Parse(name, CultureInfo.InvariantCulture);

    private string FolderOf(long generation) => Path.Combine(_folder, generation.ToString("D8", CultureInfo.InvariantCulture));

    private sealed class Row
    {
        [VectorType(DigitSet.Side, DigitSet.Side)]
        public byte[] Image { get; set; } = [];

        public byte Label { get; set; }
    }

    /// <summary>What IDX files do not hold of a correction.</summary>
    private sealed record Detail(string Id, int? Predicted, DateTimeOffset At)
    {
        public static Detail Of(Correction correction) => new(correction.Id, correction.Predicted, correction.At);

        public Correction ToCorrection(int label, byte[] pixels) =>
            new() { Id = Id, Label = label, Predicted = Predicted, At = At, Pixels = pixels };
    }
}
