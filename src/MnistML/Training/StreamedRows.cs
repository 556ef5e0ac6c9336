using System.Collections.Concurrent;

namespace MnistML.Training;

/// <summary>
/// Rows that are read from their source for each epoch, because they are too many for memory. They pass through two windows: while one is trained on,
/// shuffled, a thread of its own reads rows into the other.
/// </summary>
/// <param name="source">Where they come from.</param>
/// <param name="split">Which of the source's rows are set aside; null for none.</param>
/// <param name="isValidation">Whether these are the rows that are set aside, or the others.</param>
/// <param name="rowCount">How many there were when they were counted.</param>
/// <param name="maxBytes">What both windows together may take.</param>
internal sealed class StreamedRows(IRowSource source, StratifiedSplit? split, bool isValidation, long rowCount, long maxBytes) : ITrainingRows
{
    private const int WindowCount = 2;

    /// <summary>Made once, so that each epoch finds the memory of the one before.</summary>
    private readonly Lazy<RowStore[]> _windows = new(() => [.. Enumerable.Range(0, WindowCount).Select(_ => new RowStore(source.FeatureCount, maxBytes / WindowCount))]);

    public int FeatureCount => source.FeatureCount;

    public long RowCount => rowCount;

    public IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, int seed, CancellationToken cancellationToken)
    {
        using var batch = new RowBatch(source.FeatureCount, plan.Capacity);
        using var windows = new Windows(this, seed, cancellationToken);
        var random = new Random(seed);
        var window = new RowStore(source.FeatureCount, maxBytes: 0);
        int[] order = [];
        var position = 0;
        for (var i = 0; i < plan.BatchCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            while (batch.RowCount < plan.SizeOf(i))
            {
                if (position == order.Length)
                {
                    batch.Gather();
                    window = windows.Next(window) ?? throw CountChanged();
                    (order, position) = ([.. Enumerable.Range(0, window.RowCount)], 0);
                    random.Shuffle(order);
                }

                var count = Math.Min(plan.SizeOf(i) - batch.RowCount, order.Length - position);
                batch.Append(window, order.AsSpan(position, count));
                position += count;
            }

            yield return batch;
        }

        if (position < order.Length || windows.Next(window) is not null)
        {
            throw CountChanged();
        }
    }

    public IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken)
    {
        var plan = new BatchPlan(rowCount, batchSize, JoinsSingleRow: false);
        using var batch = new RowBatch(source.FeatureCount, plan.Capacity);
        using var reader = Open(shuffleSeed: null);
        for (var i = 0; i < plan.BatchCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            while (batch.RowCount < plan.SizeOf(i))
            {
                if (!batch.TryAppend(reader))
                {
                    throw CountChanged();
                }
            }

            yield return batch;
        }
    }

    /// <summary>Where rows are set aside they are found by their order, so that the source must not shuffle.</summary>
    private IRowReader Open(int? shuffleSeed) =>
        split is null ? source.Open(shuffleSeed) : new SplitReader(source.Open(shuffleSeed: null), split.Begin(), isValidation);

    private InvalidOperationException CountChanged() => new(
        $"The {source.Name} gave {rowCount} rows with labels at first, and another number when they were read again. "
        + "Its rows must be the same at each pass; mlContext.Data.Cache makes them so.");

    /// <summary>The two windows on their way round: free, filled by a thread, trained on, free again.</summary>
    private sealed class Windows : IDisposable
    {
        private readonly BlockingCollection<RowStore> _free = [];
        private readonly BlockingCollection<RowStore> _filled = [];
        private readonly CancellationToken _cancellationToken;
        private readonly CancellationTokenSource _end;
        private readonly Task _filling;

        public Windows(StreamedRows rows, int seed, CancellationToken cancellationToken)
        {
            _cancellationToken = cancellationToken;
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            foreach (var window in rows._windows.Value)
            {
                window.Clear();
                _free.Add(window, CancellationToken.None);
            }

            _filling = Task.Factory.StartNew(() => FillAll(rows, seed), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        /// <summary>Gives back a window that has been trained on, and waits for the next; null after the last.</summary>
        public RowStore? Next(RowStore used)
        {
            if (used.RowCount > 0)
            {
                used.Clear();
                _free.Add(used);
            }

            if (_filled.TryTake(out var next, Timeout.Infinite, _cancellationToken))
            {
                return next;
            }

            _cancellationToken.ThrowIfCancellationRequested();
            _filling.GetAwaiter().GetResult(); // What stopped it, if anything did.
            return null;
        }

        public void Dispose()
        {
            _end.Cancel();
            _filling.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
            _end.Dispose();
            _free.Dispose();
            _filled.Dispose();
        }

        private void FillAll(StreamedRows rows, int seed)
        {
            try
            {
                using var reader = rows.Open(seed);
                var hasMore = true;
                while (hasMore)
                {
                    var window = _free.Take(_end.Token);
                    hasMore = Fill(window, reader);
                    if (window.RowCount > 0)
                    {
                        _filled.Add(window);
                    }
                }
            }
            finally
            {
                _filled.CompleteAdding();
            }
        }

        private bool Fill(RowStore window, IRowReader reader)
        {
            while (window.HasRoom)
            {
                _end.Token.ThrowIfCancellationRequested();
                if (!reader.Read(window.NextRow, out var tag))
                {
                    return false;
                }

                window.Append(tag);
            }

            return true;
        }
    }

    private sealed class SplitReader(IRowReader reader, Func<int, bool> isSetAside, bool isValidation) : IRowReader
    {
        public bool Read(Span<float> features, out RowTag tag)
        {
            while (reader.Read(features, out tag))
            {
                if (isSetAside(tag.Label) == isValidation)
                {
                    return true;
                }
            }

            return false;
        }

        public void Dispose() => reader.Dispose();
    }
}
