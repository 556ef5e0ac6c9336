using System.Diagnostics;

namespace MnistML.Samples.Pictures;

/// <summary>Shows how far a long work is: a line that changes on a terminal, and a line for each tenth elsewhere.</summary>
internal sealed class ProgressLine(string what, int total)
{
    private readonly Lock _lock = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _tenths;
    private long _shownAt = -1_000;

    public void Report(int done)
    {
        lock (_lock)
        {
            if (!Console.IsOutputRedirected && (_watch.ElapsedMilliseconds - _shownAt > 100 || done == total))
            {
                _shownAt = _watch.ElapsedMilliseconds;
                Console.Write($"\r{what}: {done} of {total}, {_watch.Elapsed.TotalSeconds:F0} s ");
                if (done == total)
                {
                    Console.WriteLine();
                }
            }
            else if (Console.IsOutputRedirected && done * 10 / total > _tenths)
            {
                _tenths = done * 10 / total;
                Console.WriteLine($"{what}: {done} of {total}");
            }
        }
    }
}
