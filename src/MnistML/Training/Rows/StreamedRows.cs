using System.Collections.Concurrent;
using MnistML.Common;
using MnistML.Training.Rows.Stores;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>
/// Rows that are read from their source for each epoch, because they are too many for memory. They pass through two windows: while one is
/// trained on, shuffled, a thread of its own reads rows into the other.
/// </summary>
/// <param name="passes">The passes over the rows.</param>
/// <param name="maxBytes">The maximum size of both windows together.</param>
internal sealed class StreamedRows(RowPasses passes, long maxBytes) : ITrainingRows
{
    private const int WindowCount = 2;

    /// <summary>Created by the first epoch and used by all.</summary>
    private CompactRowStore[] _windows = [];

    private RowPasses Passes => passes;

    public int FeatureCount => passes.Source.FeatureCount;

    public long RowCount => passes.RowCount;

    public long? StreamBytes => maxBytes;

    public IEnumerable<RowBatch> ReadShuffled(BatchPlan plan, EpochSeeds seeds, CancellationToken cancellationToken)
    {
        var batch = new RowBatch(plan.Capacity);
        using var windows = new Windows(this, plan.Capacity, seeds, cancellationToken);
        var random = new SplitMix64(seeds.Shuffling);
        CompactRowStore? window = null, usedUp = null;
        int[] order = [];
        var position = 0;
        for (var i = 0; i < plan.BatchCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            windows.Release(usedUp);
            usedUp = null;
            batch.Begin(seeds.OfBatch(i));
            while (batch.RowCount < plan.SizeOf(i))
            {
                if (position == order.Length)
                {
                    // The batch may hold rows of the old window. A window has room for a batch, so that no batch needs more than two.
                    usedUp = window;
                    window = windows.Next() ?? throw passes.CountChanged();
                    (order, position) = ([.. Enumerable.Range(0, window.RowCount)], 0);
                    random.Shuffle<int>(order);
                }

                var count = Math.Min(plan.SizeOf(i) - batch.RowCount, order.Length - position);
                batch.Append(window!, order.AsSpan(position, count));
                position += count;
            }

            yield return batch;
        }

        windows.Release(usedUp);
        windows.Release(window);
        if (position < order.Length || windows.Next() is not null)
        {
            throw passes.CountChanged();
        }
    }

    public IEnumerable<RowBatch> ReadInOrder(int batchSize, CancellationToken cancellationToken)
    {
        var plan = new BatchPlan(passes.RowCount, batchSize, JoinsSingleRow: false);
        var batch = new RowBatch(plan.Capacity);
        var window = new CompactRowStore(passes.Source.FeatureCount, maxBytes: 0, minRows: plan.Capacity);
        int[] order = [.. Enumerable.Range(0, plan.Capacity)];
        using var reader = passes.Open(shuffleSeed: null);
        for (var i = 0; i < plan.BatchCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            window.Clear();
            while (window.RowCount < plan.SizeOf(i))
            {
                if (!reader.Read(out var features, out var target))
                {
                    throw passes.CountChanged();
                }

                window.Append(features, target);
            }

            batch.Begin((ulong)i);
            batch.Append(window, order.AsSpan(0, window.RowCount));
            yield return batch;
        }
    }

    public ITrainingRows WithFolds(Func<FoldDealer> createDealer) =>
        new StreamedRows(passes with { CreateDealer = createDealer }, maxBytes);

    /// <summary>The two windows and their cycle: free, filled by a thread, trained on, free again.</summary>
    private sealed class Windows : IDisposable
    {
        private readonly BlockingCollection<CompactRowStore> _free = [];
        private readonly BlockingCollection<CompactRowStore> _filled = [];
        private readonly CancellationToken _cancellationToken;
        private readonly CancellationTokenSource _end;
        private readonly Task _filling;

        public Windows(StreamedRows rows, int minRows, EpochSeeds seeds, CancellationToken cancellationToken)
        {
            _cancellationToken = cancellationToken;
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (rows._windows.Length == 0)
            {
                rows._windows =
                    [.. Enumerable.Range(0, WindowCount)
                        .Select(_ => new CompactRowStore(rows.FeatureCount, rows.StreamBytes!.Value / WindowCount, minRows))];
            }

            foreach (var window in rows._windows)
            {
                window.Clear();
                _free.Add(window, CancellationToken.None);
            }

            _filling = Task.Factory.StartNew(
                () => FillAll(rows, seeds.Shuffling), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        /// <summary>Waits for the next window; null after the last.</summary>
        public CompactRowStore? Next()
        {
            if (_filled.TryTake(out var next, Timeout.Infinite, _cancellationToken))
            {
                return next;
            }

            _cancellationToken.ThrowIfCancellationRequested();
            _filling.GetAwaiter().GetResult(); // Throws what stopped it, if anything did.
            return null;
        }

        /// <summary>Releases a window whose rows have been used, to be filled again.</summary>
        public void Release(CompactRowStore? window)
        {
            if (window is not null)
            {
                window.Clear();
                _free.Add(window, CancellationToken.None);
            }
        }

        public void Dispose()
        {
            _end.Cancel();
            _filling.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
                .Wait();
            _end.Dispose();
            _free.Dispose();
            _filled.Dispose();
        }

        private void FillAll(StreamedRows rows, ulong seed)
        {
            try
            {
                using var reader = rows.Passes.Open(seed);
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

        private bool Fill(CompactRowStore window, IRowReader reader)
        {
            while (window.HasRoom)
            {
                _end.Token.ThrowIfCancellationRequested();
                if (!reader.Read(out var features, out var target))
                {
                    return false;
                }

                window.Append(features, target);
            }

            return true;
        }
    }
}
