using System.IO.Compression;

namespace MnistML.Idx;

/// <content>Opens the three kinds of sources: a raw file on disk, a gzip file, and a stream. Sizes are checked before memory is
/// allocated.</content>
public sealed partial class IdxFile
{
    /// <summary>The highest compression ratio of deflate; a header that claims more is wrong.</summary>
    private const int MaxDeflateRatio = 1032;

    private static IdxFile OpenRaw(FileStream file, string path)
    {
        var header = IdxHeaderFormat.Read(file, path);
        var elementsOffset = IdxHeaderFormat.ByteCount(header.Dimensions.Count);
        var fileByteCount = file.Length;
        ThrowIfNotWhole(path, header, fileByteCount - elementsOffset);
        return new IdxFile(path, header, () => new FileBytes(path, elementsOffset, fileByteCount));
    }

    private static IdxFile ReadGzip(Stream packed, string name, long maxBytes, long maxUnpackedBytes)
    {
        try
        {
            using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
            return ReadIntoMemory(unpacked, name, maxBytes, maxUnpackedBytes);
        }
        catch (InvalidDataException exception) when (!exception.Message.StartsWith($"'{name}'", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{name}' is a damaged gzip file, so fetch it again: {exception.Message}", exception);
        }
    }

    /// <param name="content">The unpacked bytes.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="maxBytes">The most that the content can hold, whatever its header says.</param>
    /// <param name="maxUnpackedBytes">The most that may be held in memory.</param>
    private static IdxFile ReadIntoMemory(Stream content, string name, long maxBytes, long maxUnpackedBytes)
    {
        var header = IdxHeaderFormat.Read(content, name);
        if (header.ElementByteCount > maxBytes)
        {
            throw new InvalidDataException(
                $"'{name}' is cut short: {header} takes {header.ElementByteCount} bytes after the header, "
                + "but so small a gzip file can't hold them; fetch it again.");
        }

        if (header.ElementByteCount > maxUnpackedBytes)
        {
            throw new InvalidDataException(
                $"'{name}' unpacks to {header}, {header.ElementByteCount} bytes, but at most {maxUnpackedBytes} are held in memory: "
                + "unpack it to a raw file, which is read from disk, or raise the limit.");
        }

        var elements = MemoryBytes.ReadFrom(content, header.ElementByteCount);
        var isLonger = elements.ByteCount == header.ElementByteCount && content.ReadByte() >= 0;
        ThrowIfNotWhole(name, header, elements.ByteCount + (isLonger ? 1 : 0));
        return new IdxFile(name, header, () => elements);
    }

    private static void ThrowIfNotWhole(string name, IdxHeader header, long found)
    {
        if (found < header.ElementByteCount)
        {
            throw new InvalidDataException(
                $"'{name}' is cut short: {header} takes {header.ElementByteCount} bytes after the header, but it holds {found}; "
                + "fetch or write it again.");
        }

        if (found > header.ElementByteCount)
        {
            throw new InvalidDataException(
                $"'{name}' continues after its last element: {header} takes {header.ElementByteCount} bytes after the header, "
                + "but it holds more; fetch or write it again.");
        }

        if (header.ItemByteCount > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"'{name}' holds {header}, whose items take {header.ItemByteCount} bytes each; at most {Array.MaxLength} can be read.");
        }
    }

    private static long MaxUnpackedBytes(long packedByteCount) =>
        packedByteCount < long.MaxValue / MaxDeflateRatio ? packedByteCount * MaxDeflateRatio : long.MaxValue;

    private static bool IsGzip(ReadOnlySpan<byte> start) => start.SequenceEqual(FileSignature.Gzip);

    private static byte[] ReadStart(Stream stream)
    {
        var start = new byte[FileSignature.Gzip.Length];
        return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }
}
