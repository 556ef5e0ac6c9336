using System.Diagnostics;
using System.Text.Json;

namespace MnistML.Benchmarks;

/// <summary>Figures that are measured in a process that does nothing else.</summary>
internal static class OwnProcess
{
    private const double Mebibyte = 1 << 20;

    /// <summary>The peak of this process's physical memory, in MiB.</summary>
    public static double PeakMebibytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / Mebibyte;
        }
    }

    /// <summary>Prints the figures for the process that started this one.</summary>
    public static void Print<T>(T figures) => Console.WriteLine(JsonSerializer.Serialize(figures));

    /// <summary>Starts this program anew, and reads the figures that it prints.</summary>
    public static T Run<T>(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(OwnProcess).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<T>(output)!
            : throw new InvalidOperationException($"'{string.Join(' ', arguments)}' ended with exit code {process.ExitCode}.");
    }
}
