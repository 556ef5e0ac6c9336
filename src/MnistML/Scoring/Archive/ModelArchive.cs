using System.IO.Compression;

namespace MnistML.Scoring.Archive;

/// <summary>
/// The zip archive of a saved model, in memory: read whole, and checked against all that it says of itself, before anybody acts upon it.
/// </summary>
internal sealed class ModelArchive
{
    /// <summary>
    /// More than models are ever packed by, and a bound on what a file can make us allocate: trained weights hardly shrink, tables of words to a fifth or so.
    /// </summary>
    private const int MaxCompressionRatio = 100;

    /// <summary>What any archive may hold, however small it is: the scorer of a few thousand classes is zeros for the most part.</summary>
    private const long BytesAlwaysAllowed = 64 << 20;

    private const long BytesInPiece = 1 << 16;

    private ModelArchive(Dictionary<string, byte[]> entries) => Entries = entries;

    /// <summary>The content of each entry, by its path.</summary>
    public Dictionary<string, byte[]> Entries { get; }

    /// <summary>Reads what is left of a stream that can seek.</summary>
    /// <exception cref="InvalidDataException">It is not a whole zip archive, or not what it says that it is.</exception>
    public static ModelArchive Read(Stream stream)
    {
        try
        {
            var allowed = BytesAlwaysAllowed + (MaxCompressionRatio * (stream.Length - stream.Position));
            using var archive = Open(stream);
            var entries = new Dictionary<string, byte[]>();
            foreach (var entry in archive.Entries)
            {
                allowed -= entry.Length;
                if (allowed < 0 || entry.Length > Array.MaxLength)
                {
                    throw new InvalidDataException($"the entry '{entry.FullName}' is said to take {entry.Length} bytes, more than a file of this size can hold.");
                }

                if (!IsPlain(entry.FullName) || !entries.TryAdd(entry.FullName, ReadEntry(entry)))
                {
                    throw new InvalidDataException($"the entry '{entry.FullName}' is there twice, has no name, or leads out of the archive.");
                }
            }

            return new ModelArchive(entries);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or OverflowException or EndOfStreamException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"it is not a whole zip archive: {error.Message}", error);
        }
    }

    /// <summary>The archive as a file, from its beginning.</summary>
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

    private static bool IsPlain(string path) => path.Length > 0 && !Path.IsPathRooted(path) && !path.Contains(':') && !path.Split('/', '\\').Contains("..");

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        // Memory is taken for what comes, and not for what is said to come.
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        var piece = new byte[Math.Min(entry.Length + 1, BytesInPiece)];
        for (var count = stream.Read(piece); count > 0 && bytes.Length <= entry.Length; count = stream.Read(piece))
        {
            bytes.Write(piece, 0, count);
        }

        if (bytes.Length != entry.Length)
        {
            throw new InvalidDataException($"the entry '{entry.FullName}' is said to take {entry.Length} bytes, but holds {(bytes.Length < entry.Length ? $"{bytes.Length}" : "more")}.");
        }

        var content = bytes.ToArray();
        return Crc32.Of(content) == entry.Crc32
            ? content
            : throw new InvalidDataException($"the entry '{entry.FullName}' is damaged: its checksum is {Crc32.Of(content):x8}, but {entry.Crc32:x8} was expected.");
    }
}
