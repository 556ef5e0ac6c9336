using System.Globalization;

namespace MnistML.Benchmarks;

/// <summary>
/// Watches the physical memory of this process that is no file's, from its making on. Linux tells it; elsewhere there is none to read.
/// </summary>
internal sealed class PeakAnonymousMemory : IDisposable
{
    private const string Status = "/proc/self/status";
    private const string Field = "RssAnon:";
    private const int IntervalMilliseconds = 20;

    private readonly Timer? _timer;
    private long _peak;

    public PeakAnonymousMemory()
    {
        if (File.Exists(Status))
        {
            _timer = new Timer(_ => Sample(), state: null, dueTime: 0, IntervalMilliseconds);
        }
    }

    /// <summary>The most bytes that were seen.</summary>
    public long? Read() => _timer is null ? null : Interlocked.Read(ref _peak);

    public void Dispose() => _timer?.Dispose();

    private void Sample()
    {
        const long BytesPerKibibyte = 1024;
        var line = File.ReadLines(Status).First(line => line.StartsWith(Field, StringComparison.Ordinal));
        var bytes = BytesPerKibibyte * long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        if (bytes > Interlocked.Read(ref _peak))
        {
            Interlocked.Exchange(ref _peak, bytes);
        }
    }
}
