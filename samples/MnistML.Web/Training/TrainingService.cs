using System.Globalization;
using System.Security.Cryptography;
using MnistML.Web.Models;
using MnistML.Web.Service;

namespace MnistML.Web.Training;

/// <summary>Runs one training at a time in the background, keeps its model, and puts it to use.</summary>
internal sealed class TrainingService(
    StateFolder state, ModelHolder models, NetworkTraining training, EventHub events, TimeProvider time,
    ILogger<TrainingService> logger) : IHostedService, IDisposable
{
    private readonly Lock _lock = new();
    private TrainingJob? _job;
    private Task _running = Task.CompletedTask;

    /// <summary>The training under way, or the last one that ended; null if there was none since the start.</summary>
    public TrainingJob? Job => Volatile.Read(ref _job);

    /// <summary>What the last process left undone; null if it ended in peace.</summary>
    public string? Interrupted { get; private set; }

    /// <summary>Trains the first model where there is none.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (state.TakeMark() is { } name)
        {
            Interrupted = $"The training \"{name}\" was cut short when the service ended. Start it again if you want it.";
        }

        if (models.Current is null)
        {
            TryStart(RunKind.First, new TrainingRequest { Seed = 1 });
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends the training under way without keeping it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Job?.Stop(discard: true);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Begins a training.</summary>
    /// <returns>Null if one is under way.</returns>
    public TrainingJob? TryStart(RunKind kind, TrainingRequest request)
    {
        lock (_lock)
        {
            if (_job is { HasEnded: false })
            {
                return null;
            }

            _job?.Dispose();
            var now = time.GetUtcNow();
            var second = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
            var id = $"{second}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
            var job = new TrainingJob(id, kind, request, now, Publish);
            Volatile.Write(ref _job, job);
            (Interrupted, _running) = (null, Task.Factory.StartNew(
                () => Run(job), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            return job;
        }
    }

    public void Dispose() => _job?.Dispose();

    private void Run(TrainingJob job)
    {
        state.Mark(job.Name);
        try
        {
            Publish(job, isMajor: true);
            var result = training.Run(job);
            if (result is null)
            {
                job.SetState(
                    JobState.Discarded,
                    job.IsDiscarded
                        ? "It was stopped, and nothing was kept."
                        : "It was stopped before its first epoch was over, so there is no model to keep.");
                return;
            }

            models.Use(result);
            job.SetState(JobState.Done, runId: result.Id);
        }
        catch (Exception exception)
        {
            logger.TrainingFailed(exception, job.Name);
            job.SetState(JobState.Failed, exception.Message);
        }
        finally
        {
            state.Unmark();
        }
    }

    private void Publish(TrainingJob job, bool isMajor) => events.Publish(isMajor ? "training" : "progress", job.Describe());
}
