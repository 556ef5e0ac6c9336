using System.IO.Compression;

namespace MnistML.Tests.Support;

/// <summary>Zip archives taken apart and put together, with checksums that are right.</summary>
internal static class Zip
{
    public static IReadOnlyList<(string Path, byte[] Content)> Read(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return [.. archive.Entries.Select(entry => (entry.FullName, ReadEntry(entry)))];
    }

    /// <summary>Two entries may have one path.</summary>
    public static byte[] Write(params IEnumerable<(string Path, byte[] Content)> entries)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create))
        {
            foreach (var (path, content) in entries)
            {
                using var entry = archive.CreateEntry(path, CompressionLevel.Optimal).Open();
                entry.Write(content);
            }
        }

        return zip.ToArray();
    }

    /// <summary>The same archive with the content of one entry changed.</summary>
    public static byte[] Change(byte[] zip, string path, Func<byte[], byte[]> change)
    {
        var entries = Read(zip);
        Assert.That(entries.Select(entry => entry.Path), Has.One.EqualTo(path));
        return Write(entries.Select(entry => entry.Path == path ? (path, change(entry.Content)) : entry));
    }

    /// <summary>The same archive as the system of a separator names its entries: '\' is what ML.NET writes on Windows.</summary>
    public static byte[] WithSeparator(byte[] zip, char separator) =>
        Write(Read(zip).Select(entry => (entry.Path.Replace('/', separator), entry.Content)));

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
