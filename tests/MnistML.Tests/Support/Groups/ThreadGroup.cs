namespace MnistML.Tests.Support;

/// <summary>A group of threads in this process, each of which is one of its "processes". Sums are made in the order of the ranks.</summary>
internal sealed class ThreadGroup : IMlpGroup
{
    private readonly Meeting _meeting;

    private ThreadGroup(Meeting meeting, int rank) => (_meeting, Rank) = (meeting, rank);

    public int Rank { get; }

    public int Size => _meeting.Size;

    /// <summary>The calls so far.</summary>
    public int CallCount { get; private set; }

    /// <summary>Runs the same work in every rank, and returns what each gave, by rank.</summary>
    /// <exception cref="AggregateException">What they threw, by rank.</exception>
    public static T[] Run<T>(int size, Func<ThreadGroup, T> work)
    {
        using var meeting = new Meeting(size);
        var results = new T[size];
        var failures = new Exception?[size];
        Thread[] threads =
        [
            .. Enumerable.Range(0, size).Select(rank => new Thread(() =>
            {
                try
                {
                    results[rank] = work(new ThreadGroup(meeting, rank));
                }
                catch (Exception failure)
                {
                    failures[rank] = failure;
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failures.Any(failure => failure is not null)
            ? throw new AggregateException(failures.Select(failure => failure ?? new NoFailureException()))
            : results;
    }

    public void Sum(Span<float> values)
    {
        var all = Exchange(values.ToArray());
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = 0;
            foreach (var ofRank in all)
            {
                values[i] += ofRank[i];
            }
        }
    }

    public void Sum(Span<double> values)
    {
        var all = Exchange(values.ToArray());
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = all.Sum(ofRank => ofRank[i]);
        }
    }

    public void Broadcast(Span<byte> values) => Exchange(values.ToArray())[0].CopyTo(values);

    public void Abort(string reason) => _meeting.Abort($"Rank {Rank} of {Size}: {reason}");

    private T[][] Exchange<T>(T[] values)
    {
        CallCount++;
        return _meeting.Exchange(Rank, values);
    }

    /// <summary>Where the ranks meet.</summary>
    private sealed class Meeting(int size) : IDisposable
    {
        private readonly Barrier _barrier = new(size);
        private readonly CancellationTokenSource _aborted = new();
        private readonly Array[] _values = new Array[size];
        private string _reason = "";

        public int Size => size;

        public T[][] Exchange<T>(int rank, T[] values)
        {
            _values[rank] = values;
            Wait();
            var all = _values.Select(ofRank => ofRank as T[] ?? throw new InvalidOperationException("The ranks made different calls."));
            T[][] found = [.. all];
            Wait();
            return found.All(ofRank => ofRank.Length == values.Length)
                ? found
                : throw new InvalidOperationException("The ranks gave different numbers of values.");
        }

        public void Abort(string reason)
        {
            _reason = reason;
            _aborted.Cancel();
        }

        public void Dispose()
        {
            _barrier.Dispose();
            _aborted.Dispose();
        }

        private void Wait()
        {
            try
            {
                _barrier.SignalAndWait(_aborted.Token);
            }
            catch (OperationCanceledException)
            {
                throw new AbortedException(_reason);
            }
        }
    }

    /// <summary>What a rank throws when another has ended all.</summary>
    internal sealed class AbortedException(string message) : Exception(message);

    /// <summary>Stands for a rank that did not fail, among those that did.</summary>
    internal sealed class NoFailureException : Exception;
}
