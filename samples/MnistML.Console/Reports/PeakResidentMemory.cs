using System.Diagnostics;

namespace MnistML.Samples.Reports;

/// <summary>The most physical memory that this process has used.</summary>
internal static class PeakResidentMemory
{
    private const double BytesPerMebibyte = 1 << 20;

    public static double InMebibytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / BytesPerMebibyte;
    }
}
