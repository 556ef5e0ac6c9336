using System.Diagnostics;
using System.Globalization;

namespace MnistML.Mpi;

/// <summary>
/// Ends this process when a call of MPI has waited too long for the others. The launcher then ends those, and so the job. MPI may only be
/// called on the thread that waits, so the process ends itself.
/// </summary>
internal sealed class MpiWatchdog : IDisposable
{
    private const int LooksInTimeout = 20;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _timeout;
    private readonly string _name;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Thread? _thread;
    private long _waitingSince;
    private string _call = "";

    /// <param name="timeout">How long a call may wait; infinite for ever.</param>
    /// <param name="name">The process, for the message.</param>
    public MpiWatchdog(TimeSpan timeout, string name)
    {
        (_timeout, _name) = (timeout, name);
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        _thread = new Thread(Watch) { IsBackground = true, Name = "MnistML MPI watchdog" };
        _thread.Start();
    }

    /// <summary>Begins a call.</summary>
    public void Begin(string call)
    {
        _call = call;
        Volatile.Write(ref _waitingSince, Stopwatch.GetTimestamp());
    }

    /// <summary>Ends it.</summary>
    public void End() => Volatile.Write(ref _waitingSince, 0);

    public void Dispose()
    {
        _ended.Set();
        _thread?.Join();
        _ended.Dispose();
    }

    private void Watch()
    {
        var pause = _timeout / LooksInTimeout;
        pause = pause < LongestPause ? pause : LongestPause;
        while (!_ended.Wait(pause))
        {
            var since = Volatile.Read(ref _waitingSince);
            if (since > 0 && Stopwatch.GetElapsedTime(since) > _timeout)
            {
                var seconds = _timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
                MpiGroup.End(
                    $"{_name} has waited for the others for {seconds} s in {_call}, which is "
                    + $"{nameof(MpiOptions)}.{nameof(MpiOptions.Timeout)}: one of them has ended, hangs, or is late. The job ends.");
            }
        }
    }
}
