using System.Globalization;

namespace MnistML.Benchmarks;

/// <summary>The physical memory of this process that is not backed by a file. Only Linux reports it.</summary>
internal static class AnonymousMemory
{
    private const string Status = "/proc/self/status";
    private const string Field = "RssAnon:";
    private const int BytesPerKibibyte = 1024;

    /// <summary>The bytes in use now, or null where the system does not report them.</summary>
    public static long? Read()
    {
        if (!File.Exists(Status))
        {
            return null;
        }

        var line = File.ReadLines(Status).First(line => line.StartsWith(Field, StringComparison.Ordinal));
        var kibibytes = line[Field.Length..].Replace("kB", "", StringComparison.Ordinal);
        return BytesPerKibibyte * long.Parse(kibibytes, CultureInfo.InvariantCulture);
    }
}
