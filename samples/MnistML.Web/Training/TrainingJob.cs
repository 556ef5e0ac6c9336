using System.Diagnostics;
using MnistML.Samples.Reports;
using MnistML.Web.Models;

namespace MnistML.Web.Training;

/// <summary>A training under way, or one that has ended. It takes the library's reports on one thread, and is asked on others.</summary>
internal sealed class TrainingJob : IProgress<MlpProgress>, IDisposable
{
    /// <summary>Points of the loss within epochs. When there are as many, every other one is dropped.</summary>
    private const int MaxPoints = 600;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Action<TrainingJob, bool> _changed;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<EpochInfo> _epochs = [];
    private readonly List<LossPoint> _points = [];
    private TrainingPace _pace;
    private MlpProgress _progress;
    private JobState _state = JobState.Preparing;
    private string? _message;
    private string? _runId;
    private int _reports;
    private int _pointInterval = 1;

    /// <param name="id">The name that its run will have.</param>
    /// <param name="kind">Why it is trained.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="startedAt">When.</param>
    /// <param name="changed">Called after each change, with whether it was more than a report within an epoch.</param>
    public TrainingJob(
        string id, RunKind kind, TrainingRequest request, DateTimeOffset startedAt, Action<TrainingJob, bool> changed)
    {
        (Id, Kind, Request, StartedAt, _changed) = (id, kind, request, startedAt, changed);
        _pace = new TrainingPace(request.BatchSize ?? DefaultBatchSize);
    }

    /// <summary>That of the recipes, until the training says otherwise.</summary>
    private const int DefaultBatchSize = 256;

    public string Id { get; }

    public RunKind Kind { get; }

    public TrainingRequest Request { get; }

    public DateTimeOffset StartedAt { get; }

    public string Name => Request.Name ?? Kind switch
    {
        RunKind.First => "First model",
        RunKind.Learn => "With my digits",
        _ => $"{Request.Recipe}",
    };

    /// <summary>Ends the training; the library then gives the best model so far.</summary>
    public CancellationToken CancellationToken => _end.Token;

    /// <summary>Whether the user ended it.</summary>
    public bool WasStopped => _end.IsCancellationRequested;

    /// <summary>Whether the user wants nothing of it.</summary>
    public bool IsDiscarded { get; private set; }

    public bool HasEnded => _state is JobState.Done or JobState.Failed or JobState.Discarded;

    public double Seconds => _watch.Elapsed.TotalSeconds;

    public IReadOnlyList<EpochInfo> Epochs
    {
        get
        {
            lock (_lock)
            {
                return [.. _epochs];
            }
        }
    }

    /// <summary>Epochs of rounds before, in trainings that go on in several.</summary>
    public int EpochOffset { get; set; }

    /// <summary>Ends it, keeping the best model so far or nothing.</summary>
    public void Stop(bool discard)
    {
        IsDiscarded |= discard;
        _end.Cancel();
        _changed(this, true);
    }

    public void SetState(JobState state, string? message = null, string? runId = null)
    {
        lock (_lock)
        {
            (_state, _message, _runId) = (state, message ?? _message, runId ?? _runId);
            if (HasEnded)
            {
                _watch.Stop();
            }
        }

        _changed(this, true);
    }

    public void Report(MlpProgress value)
    {
        lock (_lock)
        {
            _state = JobState.Training;
            _progress = value;
            _pace.Report(value);
            var position = EpochOffset + value.Epoch - 1 + ((double)value.Batch / value.BatchCount);
            if (value.Metrics is { } metrics)
            {
                _epochs.Add(EpochInfo.Of(metrics, EpochOffset));
            }

            if (_reports++ % _pointInterval == 0)
            {
                _points.Add(new LossPoint(position, value.TrainLoss));
            }

            if (_points.Count >= MaxPoints)
            {
                for (var i = 0; i < _points.Count; i++)
                {
                    _points.RemoveAt(i);
                }

                _pointInterval *= 2;
            }
        }

        _changed(this, value.Metrics is not null);
    }

    /// <summary>A new round of the training, whose pace is its own.</summary>
    public void BeginRound(int epochsBefore)
    {
        lock (_lock)
        {
            EpochOffset = epochsBefore;
            _pace = new TrainingPace(Request.BatchSize ?? DefaultBatchSize);
        }
    }

    /// <summary>What it is like now.</summary>
    public JobStatus Describe()
    {
        lock (_lock)
        {
            return new JobStatus
            {
                Id = Id,
                Name = Name,
                Kind = Kind,
                State = _state,
                Message = _message,
                RunId = _runId,
                StartedAt = StartedAt,
                Seconds = Seconds,
                IsStopping = WasStopped && !HasEnded,
                Epoch = EpochOffset + _progress.Epoch,
                EpochCount = EpochOffset + _progress.EpochCount,
                Batch = _progress.Batch,
                BatchCount = _progress.BatchCount,
                TrainLoss = _progress.BatchCount == 0 ? null : _progress.TrainLoss,
                RowsPerSecond = _pace.RowsPerSecond,
                SecondsLeft = _state == JobState.Training ? _pace.TimeLeft?.TotalSeconds : null,
                EpochsDone = _epochs.Count,
            };
        }
    }

    /// <summary>The same, with the loss of all epochs and between them.</summary>
    public JobDetails DescribeWithCurves()
    {
        lock (_lock)
        {
            return new JobDetails(Describe(), Request, [.. _epochs], [.. _points]);
        }
    }

    public void Dispose() => _end.Dispose();
}
