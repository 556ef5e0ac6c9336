using MnistML.Web.Service;

namespace MnistML.Web.Models;

/// <summary>
/// The model that answers requests. It is replaced at once for all of them: a request takes the model once, and keeps it to its end. It
/// owns the model.
/// </summary>
internal sealed class ModelHolder(RunStore runs, EventHub events, ILogger<ModelHolder> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private LiveModel? _current;

    /// <summary>Null until there is a model.</summary>
    public LiveModel? Current => Volatile.Read(ref _current);

    /// <summary>
    /// Loads the model that a file or the last process names. If that of the last process can't be used, the newest that can is taken.
    /// </summary>
    /// <param name="path">A file that the command line names; null for none.</param>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file's model can't be used.</exception>
    public void LoadFirst(string? path)
    {
        if (path is not null)
        {
            Replace(LiveModel.Load(path, Path.GetFileName(path), run: null));
            return;
        }

        var inUse = runs.CurrentId;
        foreach (var run in runs.All.OrderByDescending(run => run.Id == inUse)) // the newest first among the others
        {
            try
            {
                Use(run);
                return;
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                logger.ModelUnusable(run.Id, exception.Message);
            }
        }
    }

    /// <summary>Puts a run's model to use, now and at the next start.</summary>
    public void Use(RunInfo run)
    {
        lock (_lock)
        {
            var model = LiveModel.Load(runs.ModelPathOf(run), run.Name, run);
            runs.Use(run.Id);
            Replace(model);
        }

        events.Publish("models");
    }

    public void Dispose() => Interlocked.Exchange(ref _current, null)?.Dispose();

    private void Replace(LiveModel model) => Interlocked.Exchange(ref _current, model)?.Dispose();
}
