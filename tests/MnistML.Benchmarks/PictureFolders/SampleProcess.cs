using System.Diagnostics;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>A run of the sample MnistML.Pictures, which is built beside this program, to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="OutputLines">What it wrote.</param>
/// <param name="ErrorLines">What it wrote to standard error.</param>
/// <param name="Seconds">How long it took, from its start to its end.</param>
/// <param name="PeakMegabytes">The peak of its physical memory.</param>
internal sealed record SampleProcess(int ExitCode, string[] OutputLines, string[] ErrorLines, double Seconds, double PeakMegabytes)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private static string Assembly
    {
        get
        {
            var (here, there) = (Path.Combine("tests", "MnistML.Benchmarks"), Path.Combine("samples", "MnistML.Pictures"));
            return Path.Combine(AppContext.BaseDirectory.Replace(here, there, StringComparison.Ordinal), "MnistML.Pictures.dll");
        }
    }

    public static SampleProcess Run(string workingFolder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, .. arguments])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0L;
        while (!process.WaitForExit(Interval))
        {
            peak = Math.Max(peak, PeakOf(process));
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return new SampleProcess(process.ExitCode, Lines(output.Result), Lines(error.Result), seconds, peak / 1e6);
    }

    /// <summary>What follows the beginning of the one line that begins so; null where there is none.</summary>
    public string? Find(string beginning) =>
        OutputLines.SingleOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal))?[beginning.Length..];

    /// <summary>0 if the process ended meanwhile.</summary>
    private static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
