using System.IO.Compression;
using MnistML.Common;

namespace MnistML.Scoring.Archive;

/// <summary>
/// The zip archive of a saved model, in memory: read completely, and checked against its own sizes and checksums before it is used.
/// </summary>
internal sealed class ModelArchive
{
    /// <summary>
    /// Higher than the compression ratio of any model, and a bound on what a file can make this process allocate: trained weights hardly
    /// shrink, tables of words to about a fifth.
    /// </summary>
    private const int MaxCompressionRatio = 100;

    /// <summary>Allowed for an archive of any size: the dense scorer of a thousand classes consists mostly of zeros.</summary>
    private const long BytesAlwaysAllowed = 64 << 20;

    private const long BytesInPiece = 1 << 16;

    private ModelArchive(Dictionary<string, byte[]> entries) => Entries = entries;

    /// <summary>The content of each entry, by path, which has slashes whatever the archive has.</summary>
    public Dictionary<string, byte[]> Entries { get; }

    /// <summary>Reads the rest of a seekable stream that may be anybody's.</summary>
    /// <exception cref="InvalidDataException">
    /// It is not a complete zip archive, its sizes and checksums do not match its content, or it is much larger when it is unpacked.
    /// </exception>
    public static ModelArchive Read(Stream stream) =>
        Read(stream, BytesAlwaysAllowed + (MaxCompressionRatio * (stream.Length - stream.Position)));

    /// <summary>The same for an archive that this process has just written, which may be of any size.</summary>
    public static ModelArchive ReadOwn(Stream stream) => Read(stream, long.MaxValue);

    /// <summary>Writes the archive to a stream, positioned at its start.</summary>
    public MemoryStream ToStream()
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in Entries)
            {
                using var entry = archive.CreateEntry(path, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        stream.Position = 0;
        return stream;
    }

    private static ModelArchive Read(Stream stream, long allowed)
    {
        try
        {
            using var archive = Open(stream);
            var entries = new Dictionary<string, byte[]>();
            foreach (var entry in archive.Entries)
            {
                allowed -= entry.Length;
                if (allowed < 0 || entry.Length > Array.MaxLength)
                {
                    throw new InvalidDataException(
                        $"the entry '{entry.FullName}' declares {entry.Length} bytes, more than a file of this size can hold.");
                }

                var path = ZipEntryPath.Of(entry);
                if (!IsPlain(path))
                {
                    throw new InvalidDataException(
                        $"the entry '{entry.FullName}' has no name or a folder without one, or leads out of the archive.");
                }

                if (!entries.TryAdd(path, ReadEntry(entry)))
                {
                    throw new InvalidDataException($"the entry '{path}' occurs twice; in names '\\' counts as '/'.");
                }
            }

            return new ModelArchive(entries);
        }
        catch (Exception error) when (
            error is ArgumentException or NotSupportedException or OverflowException or EndOfStreamException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"it is not a whole zip archive: {error.Message}", error);
        }
    }

    private static ZipArchive Open(Stream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"it is not a whole zip archive: {error.Message}", error);
        }
    }

    /// <summary>An absolute path begins with a folder without a name, and a drive has a colon.</summary>
    private static bool IsPlain(string path) =>
        path.Length > 0 && !path.Contains(':') && !path.StartsWith('/') && !path.Contains("//", StringComparison.Ordinal)
        && !path.Split('/').Any(part => part is "." or "..");

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        // Memory is allocated for the bytes that arrive, not for the declared length.
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        var piece = new byte[Math.Min(entry.Length + 1, BytesInPiece)];
        for (var count = stream.Read(piece); count > 0 && bytes.Length <= entry.Length; count = stream.Read(piece))
        {
            bytes.Write(piece, 0, count);
        }

        if (bytes.Length != entry.Length)
        {
            throw new InvalidDataException(
                $"the entry '{entry.FullName}' declares {entry.Length} bytes, but holds {bytes.Length}.");
        }

        var content = bytes.ToArray();
        return Crc32.Of(content) == entry.Crc32
            ? content
            : throw new InvalidDataException(
                $"the entry '{entry.FullName}' is damaged: its checksum is {Crc32.Of(content):x8}, but {entry.Crc32:x8} was expected.");
    }
}
