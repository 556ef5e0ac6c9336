using System.Diagnostics;
using System.Text.Json;

namespace MnistML.Benchmarks.Speed;

/// <summary>A program that trains on MNIST: how it is started, and how its figures are read.</summary>
internal abstract record Peer(string Name)
{
    /// <summary>Runs the program once, to its end.</summary>
    public MeasuredRun Run()
    {
        using var folder = new TemporaryFolder();
        var figuresPath = Path.Combine(folder.Path, "figures.json");
        var start = CreateStart(folder.Path, figuresPath);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var seconds = watch.Elapsed.TotalSeconds;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{Name}' ended with exit code {process.ExitCode}: {error.GetAwaiter().GetResult()}");
        }

        using var figures = JsonDocument.Parse(File.Exists(figuresPath) ? File.ReadAllText(figuresPath) : output.Trim().Split('\n')[^1]);
        return Read(figures.RootElement, seconds);
    }

    protected abstract ProcessStartInfo CreateStart(string folder, string figuresPath);

    protected abstract MeasuredRun Read(JsonElement figures, double seconds);

    /// <summary>The console sample, which must have been built beside this program.</summary>
    public sealed record Sample(string Name, string DataDirectory, params string[] Arguments) : Peer(Name)
    {
        private static string Assembly
        {
            get
            {
                var (here, there) = (Path.Combine("tests", "MnistML.Benchmarks"), Path.Combine("samples", "MnistML.Console"));
                var folder = AppContext.BaseDirectory.Replace(here, there, StringComparison.Ordinal);
                return Path.GetFullPath(Path.Combine(folder, "MnistML.Console.dll"));
            }
        }

        protected override ProcessStartInfo CreateStart(string folder, string figuresPath) => new(
            "dotnet",
            [
                Assembly, "train", "--data", DataDirectory, "--out", Path.Combine(folder, "model.zip"), "--json", figuresPath, .. Arguments,
            ]);

        protected override MeasuredRun Read(JsonElement figures, double seconds) => new(
            seconds,
            Statistics.Median(figures.GetProperty("epochs").EnumerateArray().Select(epoch => epoch.GetProperty("seconds").GetDouble())),
            figures.GetProperty("metrics").GetProperty("micro_accuracy").GetDouble(),
            figures.GetProperty("peak_rss_mib").GetDouble());
    }

    /// <summary>A PyTorch program.</summary>
    public sealed record PyTorch(string Name, string Script, string DataDirectory, params string[] Arguments) : Peer(Name)
    {
        private const string Python = "/usr/bin/python3";

        /// <summary>Whether Python imports what a script needs.</summary>
        public static bool CanImport(string modules)
        {
            if (!File.Exists(Python))
            {
                return false;
            }

            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", $"import {modules}"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }

        protected override ProcessStartInfo CreateStart(string folder, string figuresPath) =>
            new(Python, [Script, DataDirectory, .. Arguments]);

        protected override MeasuredRun Read(JsonElement figures, double seconds) => new(
            seconds,
            Statistics.Median(figures.GetProperty("epoch_seconds").EnumerateArray().Select(epoch => epoch.GetDouble())),
            figures.GetProperty("accuracy").GetDouble(),
            figures.GetProperty("peak_rss_mib").GetDouble());
    }
}
