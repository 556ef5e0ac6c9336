using System.Text.Json;

namespace MnistML.Benchmarks;

/// <summary>Figures as JSON, where a file is asked for.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public static void Write(string? path, object figures)
    {
        if (path is not null)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(figures, Format) + "\n");
        }
    }
}
