using System.Collections.Concurrent;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// Shares batches out among the cores: each is scored by one thread, as threads that share a batch would wait for each other at every layer. The thread that reads
/// takes its part too when it would have to wait, so that no more threads are busy than there are cores. It owns the batches.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    /// <summary>From here on larger batches are no faster.</summary>
    private const int MaxRows = 128;

    /// <summary>Features of a batch: enough for ONNX Runtime to be at its best, few enough not to be noticed in memory.</summary>
    private const int MaxFeatures = 1 << 20;

    /// <summary>One thread that reads rows keeps no more than these busy with scoring them.</summary>
    private const int MaxThreads = 8;

    private readonly int _helperCount = Math.Min(Environment.ProcessorCount, MaxThreads) - 1;
    private readonly ConcurrentQueue<LogitsBatch> _waiting = new();
    private int _busyHelpers;

    public BatchQueue(LogitsMapper mapper)
    {
        // For each thread a batch that it scores, and one that is read or given out meanwhile.
        var capacity = Math.Clamp(MaxFeatures / mapper.FeatureCount, 1, MaxRows);
        Batches = [.. Enumerable.Range(0, 2 * (_helperCount + 1)).Select(index => new LogitsBatch(mapper.CreateScorer(capacity), index * capacity))];
    }

    public IReadOnlyList<LogitsBatch> Batches { get; }

    /// <summary>Rows of all batches together.</summary>
    public int Capacity => Batches.Sum(batch => batch.Capacity);

    /// <summary>Has a batch scored by whoever comes first.</summary>
    public void Add(LogitsBatch batch)
    {
        batch.Begin();
        _waiting.Enqueue(batch);
        if (Interlocked.Increment(ref _busyHelpers) <= _helperCount)
        {
            Task.Run(Help);
        }
        else
        {
            Interlocked.Decrement(ref _busyHelpers);
        }
    }

    /// <summary>Scores what is waiting until a batch is scored.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void WaitFor(LogitsBatch batch)
    {
        Finish(batch);
        batch.ThrowIfFailed();
    }

    /// <summary>Frees the batches when those that are being scored are done.</summary>
    public void Dispose()
    {
        foreach (var batch in Batches)
        {
            Finish(batch);
            batch.Dispose();
        }
    }

    private void Finish(LogitsBatch batch)
    {
        while (!batch.IsScored && _waiting.TryDequeue(out var waiting))
        {
            waiting.Score();
        }

        batch.Wait();
    }

    private void Help()
    {
        while (_waiting.TryDequeue(out var batch))
        {
            batch.Score();
        }

        Interlocked.Decrement(ref _busyHelpers);
    }
}
