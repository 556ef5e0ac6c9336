using System.IO.Compression;
using MnistML.Common;

namespace MnistML.Idx;

/// <summary>
/// Writes a file in pieces under a temporary name in the same folder, and renames it at the end. The header is written last, when the
/// number of items is known. A file that was not published is deleted when the writer is disposed.
/// </summary>
internal sealed class IdxWriter : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private string _temporaryPath;

    /// <param name="path">The file; one that exists is replaced. If its name ends with .gz, it is gzipped.</param>
    /// <param name="dimensionCount">The number of dimensions of the header.</param>
    /// <exception cref="IOException">The path is a folder's, or the file's folder does not exist or can't be written to.</exception>
    public IdxWriter(string path, int dimensionCount)
    {
        AtomicFile.ThrowIfFolder(path);
        _path = path;
        _temporaryPath = AtomicFile.TemporaryPathFor(_path);
        _file = AtomicFile.Create(_path, _temporaryPath);
        _file.Position = IdxHeaderFormat.ByteCount(dimensionCount);
    }

    public void Write(ReadOnlySpan<byte> elements) => _file.Write(elements);

    /// <summary>Writes the header and completes the file under its temporary name.</summary>
    public void Finish(IdxHeader header)
    {
        _file.Position = 0;
        _file.Write(IdxHeaderFormat.ToBytes(header));
        _file.Flush(flushToDisk: true);
        if (_path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            Pack();
        }

        _file.Dispose();
    }

    /// <summary>Renames the finished file.</summary>
    public void Publish() => FileMove.Replace(_temporaryPath, _path);

    /// <summary>Renames two finished files. If renaming the second fails, the file that the first replaced is restored.</summary>
    public static void PublishBoth(IdxWriter first, IdxWriter second)
    {
        var oldPath = File.Exists(first._path) ? AtomicFile.TemporaryPathFor(first._path) : null;
        try
        {
            first.Publish(oldPath);
            second.Publish();
        }
        catch
        {
            first.Unpublish(oldPath);
            throw;
        }

        if (oldPath is not null)
        {
            File.Delete(oldPath);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_temporaryPath);
    }

    /// <param name="oldPath">A temporary path for the replaced file; null if there is none.</param>
    private void Publish(string? oldPath)
    {
        if (oldPath is null)
        {
            Publish();
            return;
        }

        FileMove.Replace(_temporaryPath, _path, oldPath);
    }

    private void Unpublish(string? oldPath)
    {
        if (File.Exists(oldPath))
        {
            FileMove.Replace(oldPath, _path);
        }
        else if (oldPath is null && !File.Exists(_temporaryPath))
        {
            File.Delete(_path);
        }
    }

    private void Pack()
    {
        var rawPath = _temporaryPath;
        _temporaryPath = AtomicFile.TemporaryPathFor(_path);
        try
        {
            using var packedFile = new FileStream(_temporaryPath, FileMode.CreateNew, FileAccess.Write);
            using var gzip = new GZipStream(packedFile, CompressionLevel.Optimal);
            _file.Position = 0;
            _file.CopyTo(gzip);
        }
        finally
        {
            _file.Dispose();
            File.Delete(rawPath);
        }
    }
}
