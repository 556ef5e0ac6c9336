using System.Diagnostics;
using System.Text.Json;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Scoring;

/// <summary>PyTorch's evaluation of a network of the same form on the same images.</summary>
internal static class PyTorchEvaluation
{
    private const string Python = "/usr/bin/python3";
    private const string Script = "tensor_loop.py";
    private const string Epochs = "3";

    /// <summary>The seconds of the evaluation after the last epoch, or null where there is no script or no torch.</summary>
    public static double? TryMeasureSeconds(string? folder, MnistFiles files)
    {
        if (folder is null || !File.Exists(Python))
        {
            return null;
        }

        string[] arguments = [Path.Combine(folder, Script), Path.GetDirectoryName(files.TrainImages)!, Epochs];
        using var process = Process.Start(new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            Console.WriteLine(error.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault());
            return null;
        }

        using var figures = JsonDocument.Parse(lines[^1]);
        return figures.RootElement.GetProperty("evaluate_seconds").GetDouble();
    }
}
