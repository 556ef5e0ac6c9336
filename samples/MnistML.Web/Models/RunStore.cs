using System.Text.Json;
using Microsoft.ML;

namespace MnistML.Web.Models;

/// <summary>
/// The trainings that ended, each a folder with its model. A folder gets its name only when it is complete, and so does the file that says
/// which model is in use. So a process that is killed leaves whole models only.
/// </summary>
internal sealed class RunStore
{
    private const string InfoName = "run.json";
    private const string ModelName = "model.zip";
    private const string PointerName = "current.json";

    /// <summary>Runs that are kept; the oldest go first, but never the model in use and the one before it.</summary>
    private const int MaxRuns = 50;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly string _pointerPath;
    private readonly Dictionary<string, RunInfo> _runs = [];
    private Pointer _pointer = new(null, null);

    /// <param name="folder">The folder of all runs, which is created.</param>
    public RunStore(string folder)
    {
        (_folder, _pointerPath) = (folder, Path.Combine(folder, PointerName));
        Directory.CreateDirectory(folder);
        foreach (var leftover in Directory.EnumerateFileSystemEntries(folder, "*.tmp").ToArray())
        {
            DeletePath(leftover);
        }

        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            if (File.Exists(Path.Combine(path, InfoName)) && Read<RunInfo>(Path.Combine(path, InfoName)) is { } run)
            {
                _runs[run.Id] = run;
            }
        }

        _pointer = File.Exists(_pointerPath) ? Read<Pointer>(_pointerPath) ?? _pointer : _pointer;
    }

    /// <summary>All runs, the newest first.</summary>
    public IReadOnlyList<RunInfo> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _runs.Values.OrderByDescending(run => run.Id, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The run whose model is in use; null if there is none yet.</summary>
    public string? CurrentId => _pointer.RunId;

    /// <summary>The run whose model was in use before it.</summary>
    public string? PreviousId => _pointer.PreviousRunId;

    public RunInfo? Find(string id)
    {
        lock (_lock)
        {
            return _runs.GetValueOrDefault(id);
        }
    }

    /// <summary>The file of a run's model.</summary>
    public string ModelPathOf(RunInfo run) => Path.Combine(_folder, run.Id, ModelName);

    /// <summary>Keeps a run with its model. When this returns, both are on the disk.</summary>
    public void Add(RunInfo run, MLContext mlContext, MlpTransformer model, DataViewSchema inputSchema)
    {
        var target = Path.Combine(_folder, run.Id);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(temporary);
        try
        {
            using (var file = File.Create(Path.Combine(temporary, ModelName)))
            {
                mlContext.Model.Save(model, inputSchema, file);
                file.Flush(flushToDisk: true);
            }

            Write(Path.Combine(temporary, InfoName), run);
            Directory.Move(temporary, target);
        }
        catch
        {
            DeletePath(temporary);
            throw;
        }

        lock (_lock)
        {
            _runs[run.Id] = run;
        }

        DropOldest();
    }

    /// <summary>Says, for the next start too, whose model is in use.</summary>
    public void Use(string id)
    {
        lock (_lock)
        {
            if (_pointer.RunId != id)
            {
                var pointer = new Pointer(id, _pointer.RunId);
                var temporary = $"{_pointerPath}.{Guid.NewGuid():N}.tmp";
                Write(temporary, pointer);
                File.Move(temporary, _pointerPath, overwrite: true);
                _pointer = pointer;
            }
        }
    }

    /// <returns>Whether there was such a run that is not in use.</returns>
    public bool Delete(string id)
    {
        lock (_lock)
        {
            if (id == _pointer.RunId || !_runs.Remove(id))
            {
                return false;
            }

            var folder = Path.Combine(_folder, id);
            var leftover = $"{folder}.{Guid.NewGuid():N}.tmp";
            Directory.Move(folder, leftover);
            DeletePath(leftover);
            return true;
        }
    }

    private void DropOldest()
    {
        foreach (var run in All.Skip(MaxRuns).Where(run => run.Id != PreviousId))
        {
            Delete(run.Id);
        }
    }

    private static T? Read<T>(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(file, Json);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"'{path}' is damaged ({exception.Message}): was it changed by hand? Put it back, or move it away.", exception);
        }
    }

    private static void Write<T>(string path, T value)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, value, Json);
        file.Flush(flushToDisk: true);
    }

    private static void DeletePath(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.Delete(path);
    }

    private sealed record Pointer(string? RunId, string? PreviousRunId);
}
