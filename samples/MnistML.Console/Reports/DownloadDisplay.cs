using MnistML.Datasets;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Shows a download as it goes on: in a terminal a bar for each file, and else a line for each.</summary>
internal sealed class DownloadDisplay(IAnsiConsole console)
{
    /// <summary>What is left of 80 columns beside the longest file name and the figures.</summary>
    private const int BarWidth = 16;

    /// <summary>Gets digits, giving a download what it reports to. Where there is nothing to fetch, there is no line.</summary>
    public Task<TResult> RunAsync<TResult>(Func<IProgress<DownloadProgress>, Task<TResult>> download) =>
        console.IsLive() ? RunWithBarsAsync(download) : RunWithLinesAsync(download);

    private Task<TResult> RunWithBarsAsync<TResult>(Func<IProgress<DownloadProgress>, Task<TResult>> download) => console.Progress()
        .AutoClear(true)
        .Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new DownloadedColumn(),
            new RemainingTimeColumn())
        .StartAsync(context =>
        {
            context.AddTask("Getting the digits").IsIndeterminate();
            var bars = new Dictionary<string, ProgressTask>();
            return download(new Listener(report =>
            {
                if (!bars.TryGetValue(report.FileName, out var bar))
                {
                    bars[report.FileName] = bar = context.AddTask(report.FileName);
                }

                bar.IsIndeterminate = report.TotalByteCount is null;
                bar.MaxValue = report.TotalByteCount ?? double.MaxValue;
                bar.Value = report.ReceivedByteCount;
            }));
        });

    private Task<TResult> RunWithLinesAsync<TResult>(Func<IProgress<DownloadProgress>, Task<TResult>> download)
    {
        var seen = new HashSet<Uri>();
        return download(new Listener(report =>
        {
            if (seen.Add(report.Address))
            {
                console.WriteLine($"Downloading {report.Address}");
            }
        }));
    }

    private sealed class Listener(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
