using System.Diagnostics;

namespace MnistML.Datasets.Download;

/// <summary>Reports the progress of a download, at most ten times a second, and always at its end.</summary>
internal sealed class ReportThrottle(IProgress<DownloadProgress>? progress, string fileName, Uri address, long? catalogueByteCount)
{
    private const double IntervalSeconds = 0.1;

    private readonly Stopwatch _sinceReport = new();

    public void Report(long received, long? total)
    {
        if (!_sinceReport.IsRunning || _sinceReport.Elapsed.TotalSeconds >= IntervalSeconds)
        {
            _sinceReport.Restart();
            progress?.Report(new DownloadProgress(fileName, address, received, total ?? catalogueByteCount));
        }
    }

    public void End(long received) => progress?.Report(new DownloadProgress(fileName, address, received, received));
}
