using System.Globalization;
using System.Runtime.InteropServices;

namespace MnistML.Benchmarks.Speed;

/// <summary>What measurements were taken on.</summary>
/// <param name="Processor">The name that the system gives it.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="System">Operating system.</param>
/// <param name="Date">The day.</param>
internal sealed record Machine(string Processor, int Cores, string System, string Date)
{
    private const string ProcessorFile = "/proc/cpuinfo";

    public static Machine Current { get; } = new(
        ProcessorName(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        DateTime.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static string ProcessorName() => File.Exists(ProcessorFile)
        && File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
}
