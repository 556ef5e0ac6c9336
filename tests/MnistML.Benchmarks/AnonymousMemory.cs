using System.Globalization;

namespace MnistML.Benchmarks;

/// <summary>The physical memory of this process that is no file's. Linux tells it; elsewhere there is none to read.</summary>
internal static class AnonymousMemory
{
    private const string Status = "/proc/self/status";
    private const string Field = "RssAnon:";
    private const int BytesPerKibibyte = 1024;

    /// <summary>Bytes, now; null where the system does not say.</summary>
    public static long? Read()
    {
        if (!File.Exists(Status))
        {
            return null;
        }

        var line = File.ReadLines(Status).First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return BytesPerKibibyte * long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
