namespace MnistML.Benchmarks;

/// <summary>Watches <see cref="AnonymousMemory"/> from its creation on.</summary>
internal sealed class PeakAnonymousMemory : IDisposable
{
    private const int IntervalMilliseconds = 20;

    private readonly Timer? _timer;
    private long _peak;

    public PeakAnonymousMemory()
    {
        if (AnonymousMemory.Read() is not null)
        {
            _timer = new Timer(_ => Sample(), state: null, dueTime: 0, IntervalMilliseconds);
        }
    }

    /// <summary>The maximum of bytes that was seen.</summary>
    public long? Read() => _timer is null ? null : Interlocked.Read(ref _peak);

    public void Dispose() => _timer?.Dispose();

    private void Sample()
    {
        var bytes = AnonymousMemory.Read()!.Value;
        if (bytes > Interlocked.Read(ref _peak))
        {
            Interlocked.Exchange(ref _peak, bytes);
        }
    }
}
