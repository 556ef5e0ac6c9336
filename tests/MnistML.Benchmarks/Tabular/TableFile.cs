using System.IO.Compression;

namespace MnistML.Benchmarks.Tabular;

/// <summary>A table in a file: CSV, or the same gzipped.</summary>
/// <param name="Path">Its path.</param>
internal sealed record TableFile(string Path)
{
    private const string Csv = ".csv";
    private const string Gzipped = ".csv.gz";

    /// <summary>The file's name without its ending.</summary>
    public string Name
    {
        get
        {
            var name = System.IO.Path.GetFileName(Path);
            return name[..^(name.EndsWith(Gzipped, StringComparison.Ordinal) ? Gzipped : Csv).Length];
        }
    }

    /// <summary>The tables of a folder, by name.</summary>
    public static IEnumerable<TableFile> In(string folder) =>
        Directory.EnumerateFiles(folder, "*" + Csv).Concat(Directory.EnumerateFiles(folder, "*" + Gzipped))
            .Order(StringComparer.Ordinal).Select(path => new TableFile(path));

    public IEnumerable<string> ReadLines()
    {
        using Stream file = File.OpenRead(Path);
        using var reader = new StreamReader(
            Path.EndsWith(Gzipped, StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
