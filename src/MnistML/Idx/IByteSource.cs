namespace MnistML.Idx;

/// <summary>Bytes with random access.</summary>
internal interface IByteSource : IDisposable
{
    /// <summary>Fills the destination with the bytes from an offset on.</summary>
    /// <exception cref="IOException">The bytes can't be read, or no longer exist.</exception>
    void Read(long offset, Span<byte> destination);
}
