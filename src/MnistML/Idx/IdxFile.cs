using System.IO.Compression;

namespace MnistML.Idx;

/// <summary>An IDX file: a header, and elements that are read item by item. Instances may be read by many threads at once.</summary>
public sealed class IdxFile
{
    /// <summary>What deflate can make of a byte at the very most; a header that promises more than that lies.</summary>
    private const int MostDeflateRatio = 1032;

    private readonly byte[] _elements;

    private IdxFile(string path, IdxHeader header, byte[] elements)
    {
        Path = path;
        Header = header;
        _elements = elements;
    }

    /// <summary>The path that the file was read from.</summary>
    public string Path { get; }

    /// <summary>The type of the elements, and the length of each dimension.</summary>
    public IdxHeader Header { get; }

    /// <summary>Reads a file, raw or gzipped; which of both is found by its content.</summary>
    /// <exception cref="InvalidDataException">The content is not a whole IDX file; the message names the file, what was found and what was expected.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IdxFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = File.OpenRead(path);
        var fileByteCount = file.Length;
        if (!IsGzip(file))
        {
            return Read(file, path, mostElementBytes: fileByteCount);
        }

        try
        {
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            return Read(unpacked, path, mostElementBytes: fileByteCount * MostDeflateRatio);
        }
        catch (InvalidDataException exception) when (!exception.Message.StartsWith($"'{path}'", StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"'{path}' is a damaged gzip file: {exception.Message} It was {fileByteCount} bytes long; fetch it again.", exception);
        }
    }

    /// <summary>Writes a raw file. It appears under its name only when it is whole.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="header">The type and the dimensions.</param>
    /// <param name="elements">The elements as the file holds them: row-major, each big-endian.</param>
    /// <exception cref="ArgumentException">The elements are not as many as the header says.</exception>
    public static void Write(string path, IdxHeader header, ReadOnlySpan<byte> elements)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(header);
        if (elements.Length != header.ElementByteCount)
        {
            throw new ArgumentException($"{header} takes {header.ElementByteCount} bytes, but {elements.Length} were given.", nameof(elements));
        }

        var temporaryPath = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporaryPath, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(IdxHeaderFormat.ToBytes(header));
                file.Write(elements);
            }

            File.Move(temporaryPath, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporaryPath);
        }
    }

    /// <summary>The elements of one item, such as an image, as the file holds them: row-major, each big-endian.</summary>
    /// <param name="index">The item, from 0 up to, not including, the length of the first dimension.</param>
    public ReadOnlySpan<byte> Item(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Header.ItemCount);
        return _elements.AsSpan(checked((int)(index * Header.ItemByteCount)), (int)Header.ItemByteCount);
    }

    private static IdxFile Read(Stream stream, string path, long mostElementBytes)
    {
        var header = IdxHeaderFormat.Read(stream, path);
        if (header.ElementByteCount > mostElementBytes)
        {
            throw Truncated(path, header, "fewer bytes than that");
        }

        if (header.ElementByteCount > Array.MaxLength)
        {
            throw new InvalidDataException($"'{path}' holds {header}, {header.ElementByteCount} bytes; at most {Array.MaxLength} can be read.");
        }

        var elements = new byte[header.ElementByteCount];
        var found = stream.ReadAtLeast(elements, elements.Length, throwOnEndOfStream: false);
        if (found < elements.Length)
        {
            throw Truncated(path, header, $"{found}");
        }

        return stream.ReadByte() < 0
            ? new IdxFile(path, header, elements)
            : throw new InvalidDataException($"'{path}' goes on after its last element: {header} takes {header.ElementByteCount} bytes after the header.");
    }

    private static InvalidDataException Truncated(string path, IdxHeader header, string found) => new(
        $"'{path}' is cut short: {header} takes {header.ElementByteCount} bytes after the header, but it holds {found}.");

    private static bool IsGzip(FileStream file)
    {
        ReadOnlySpan<byte> gzipMagic = [0x1F, 0x8B];
        Span<byte> start = stackalloc byte[gzipMagic.Length];
        var found = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return start[..found].SequenceEqual(gzipMagic);
    }
}
