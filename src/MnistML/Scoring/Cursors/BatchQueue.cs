using System.Collections.Concurrent;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// Distributes batches over the cores. One thread scores a whole batch, because threads that share a batch would wait for each other at
/// every layer. The reading thread scores batches too instead of waiting, so that no more threads are busy than there are cores. It owns
/// the batches.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    /// <summary>Larger batches are no faster.</summary>
    private const int MaxRows = 128;

    /// <summary>Inputs of a batch: enough for full speed of ONNX Runtime, and only 4 MiB of memory.</summary>
    private const int MaxInputs = 1 << 20;

    /// <summary>One thread that reads rows cannot keep more threads busy with scoring.</summary>
    private const int MaxThreads = 8;

    private readonly ConcurrentQueue<LogitsBatch> _waiting = new();

    /// <summary>Starts helpers, no more at once than there are threads beside the reading one; null if there are none.</summary>
    private readonly TaskFactory? _helpers;

    /// <summary>A queue for all cores.</summary>
    public BatchQueue(LogitsMapper mapper)
        : this(mapper, Math.Min(Environment.ProcessorCount, MaxThreads))
    {
    }

    /// <param name="mapper">Binds the network to the input's schema.</param>
    /// <param name="threadCount">Number of threads that score, the reading one included.</param>
    public BatchQueue(LogitsMapper mapper, int threadCount)
    {
        if (threadCount > 1)
        {
            _helpers = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threadCount - 1).ConcurrentScheduler);
        }

        // Two batches for each thread: one that it scores, and one that is being read or consumed meanwhile.
        var capacity = Math.Clamp(MaxInputs / mapper.InputCount, 1, MaxRows);
        var batches = new List<LogitsBatch>();
        try
        {
            for (var i = 0; i < 2 * threadCount; i++)
            {
                batches.Add(new LogitsBatch(mapper.CreateScorer(capacity), i * capacity));
            }
        }
        catch
        {
            batches.ForEach(batch => batch.Dispose());
            throw;
        }

        Batches = batches;
    }

    public IReadOnlyList<LogitsBatch> Batches { get; }

    /// <summary>Number of rows that all batches hold together.</summary>
    public int Capacity => Batches.Sum(batch => batch.Capacity);

    /// <summary>Queues a batch for the next thread that is free.</summary>
    public void Add(LogitsBatch batch)
    {
        batch.Begin();
        _waiting.Enqueue(batch);
        _helpers?.StartNew(ScoreNext);
    }

    /// <summary>Scores queued batches until the given batch is scored; throws what scoring it threw.</summary>
    public void WaitFor(LogitsBatch batch)
    {
        Finish(batch);
        batch.ThrowIfFailed();
    }

    /// <summary>Frees the batches, each after its scoring has finished.</summary>
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

    /// <summary>Scores the batch that waits longest, unless the reading thread has taken it.</summary>
    private void ScoreNext()
    {
        if (_waiting.TryDequeue(out var batch))
        {
            batch.Score();
        }
    }
}
