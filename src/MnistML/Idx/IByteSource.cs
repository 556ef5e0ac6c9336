namespace MnistML.Idx;

/// <summary>Bytes that can be read at any place.</summary>
internal interface IByteSource : IDisposable
{
    /// <summary>Fills the destination with the bytes from an offset on.</summary>
    /// <exception cref="IOException">The bytes can't be read, or are no longer there.</exception>
    void Read(long offset, Span<byte> destination);
}
