using Microsoft.Win32.SafeHandles;

namespace MnistML.Idx;

/// <summary>
/// A raw file's elements, read from disk on demand. The file is read, not mapped: truncating a mapped file crashes the process, and reading
/// in blocks costs hardly more.
/// </summary>
internal sealed class FileBytes : IByteSource
{
    private readonly string _path;
    private readonly long _elementsOffset;
    private readonly SafeFileHandle _handle;

    /// <exception cref="IOException">The file can't be opened, or its length differs from that when its header was read.</exception>
    public FileBytes(string path, long elementsOffset, long fileByteCount)
    {
        _path = path;
        _elementsOffset = elementsOffset;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (RandomAccess.GetLength(_handle) is var found && found != fileByteCount)
        {
            _handle.Dispose();
            throw new IOException(
                $"'{path}' has changed since it was opened: it was {fileByteCount} bytes long, and is {found} now; open it again.");
        }
    }

    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var found = RandomAccess.Read(_handle, destination, _elementsOffset + offset);
            if (found == 0)
            {
                throw new EndOfStreamException(
                    $"'{_path}' has been cut short since it was opened: "
                    + $"byte {_elementsOffset + offset} is gone; open it again.");
            }

            offset += found;
            destination = destination[found..];
        }
    }

    public void Dispose() => _handle.Dispose();
}
