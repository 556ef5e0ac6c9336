namespace MnistML.Idx;

/// <summary>Elements in memory, in chunks: what a stream is read into without believing how much it says that it holds. Many may read it at once.</summary>
internal sealed class MemoryBytes : IByteSource
{
    /// <summary>What a lie about the size may cost at most; large enough that the chunks' number does not matter.</summary>
    private const int ChunkByteCount = 1 << 20;

    private readonly List<byte[]> _chunks = [];

    /// <summary>Number of bytes.</summary>
    public long ByteCount { get; private set; }

    /// <summary>Reads so many bytes, or as many as there are.</summary>
    public static MemoryBytes ReadFrom(Stream stream, long mostBytes)
    {
        var bytes = new MemoryBytes();
        while (bytes.ByteCount < mostBytes)
        {
            var chunk = GC.AllocateUninitializedArray<byte>((int)Math.Min(mostBytes - bytes.ByteCount, ChunkByteCount));
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

    /// <summary>Nothing to release: all readers of a file share its bytes.</summary>
    public void Dispose()
    {
    }
}
