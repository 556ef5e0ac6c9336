namespace MnistML.Idx;

/// <summary>
/// Elements in memory, read from a stream in chunks, so that memory is allocated for what it holds and not for what its header claims.
/// Thread-safe.
/// </summary>
internal sealed class MemoryBytes : IByteSource
{
    /// <summary>The most that a wrong size can cost; large enough that the number of chunks does not matter.</summary>
    private const int ChunkByteCount = 1 << 20;

    private readonly List<byte[]> _chunks = [];

    /// <summary>Number of bytes.</summary>
    public long ByteCount { get; private set; }

    /// <summary>Reads up to a number of bytes.</summary>
    public static MemoryBytes ReadFrom(Stream stream, long maxBytes)
    {
        var bytes = new MemoryBytes();
        while (bytes.ByteCount < maxBytes)
        {
            var chunk = GC.AllocateUninitializedArray<byte>((int)Math.Min(maxBytes - bytes.ByteCount, ChunkByteCount));
            var found = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            bytes._chunks.Add(chunk);
            bytes.ByteCount += found;
            if (found < chunk.Length)
            {
                break;
            }
        }

        return bytes;
    }

    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var (index, start) = Math.DivRem(offset, ChunkByteCount);
            var part = _chunks[(int)index].AsSpan((int)start);
            part = part[..Math.Min(part.Length, destination.Length)];
            part.CopyTo(destination);
            offset += part.Length;
            destination = destination[part.Length..];
        }
    }

    /// <summary>Does nothing: all readers of a file share its bytes.</summary>
    public void Dispose()
    {
    }
}
