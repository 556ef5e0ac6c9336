using System.IO.Compression;

namespace MnistML.Benchmarks.Fuzz.Models;

/// <summary>An entry of a zip archive.</summary>
internal sealed record ZipPart(string Path, byte[] Content);

/// <summary>Takes zip archives apart and puts them together, with right checksums.</summary>
internal static class ZipParts
{
    public static List<ZipPart> Read(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return [.. archive.Entries.Select(entry => new ZipPart(entry.FullName, Read(entry)))];
    }

    /// <summary>Puts parts together. Two parts may have the same path.</summary>
    public static byte[] Write(IEnumerable<ZipPart> parts, CompressionLevel level)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create))
        {
            foreach (var part in parts)
            {
                using var entry = archive.CreateEntry(part.Path, level).Open();
                entry.Write(part.Content);
            }
        }

        return zip.ToArray();
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
