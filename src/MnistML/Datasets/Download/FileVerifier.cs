using System.IO.Compression;
using System.Security.Cryptography;
using MnistML.Idx;

namespace MnistML.Datasets.Download;

/// <summary>Verifies a copy of a file: by its hashes where they are known, and otherwise by its size and its IDX header.</summary>
internal static class FileVerifier
{
    private const int BufferByteCount = 1 << 16;

    /// <summary>What is wrong with a file, as the end of a sentence; null if nothing is.</summary>
    public static async Task<string?> FindFaultAsync(string path, DatasetFile file, CancellationToken cancellationToken)
    {
        var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            var content = await ReadAsync(stream, long.MaxValue, cancellationToken).ConfigureAwait(false);
            if (content.Hash == file.PackedSha256)
            {
                return FindFaultOfSize(content, file.PackedByteCount);
            }

            if (content.Hash == file.UnpackedSha256)
            {
                return FindFaultOfSize(content, file.UnpackedByteCount);
            }

            if (content.ByteCount == 0)
            {
                return "is empty";
            }

            if (content.Start.AsSpan().StartsWith(FileSignature.Gzip))
            {
                stream.Position = 0;
                return await FindFaultOfGzipAsync(stream, file, content.Hash, cancellationToken).ConfigureAwait(false);
            }

            return content.Start[0] == '<' ? "is a web page, not the file" : FindFaultOfContent(content, file);
        }
    }

    private static async Task<string?> FindFaultOfGzipAsync(
        FileStream packed, DatasetFile file, string packedHash, CancellationToken cancellationToken)
    {
        if (file is { UnpackedSha256: null, PackedSha256: not null })
        {
            return WrongHash(packedHash, file.PackedSha256);
        }

        try
        {
            var unpacked = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            await using (unpacked.ConfigureAwait(false))
            {
                var content = await ReadAsync(unpacked, file.UnpackedByteCount, cancellationToken).ConfigureAwait(false);
                return FindFaultOfContent(content, file) is { } fault ? $"holds other data: {fault}" : null;
            }
        }
        catch (InvalidDataException exception)
        {
            return $"is a damaged gzip file ({exception.Message.TrimEnd('.')})";
        }
    }

    /// <summary>Checks unpacked bytes.</summary>
    private static string? FindFaultOfContent(Content content, DatasetFile file)
    {
        var expectedHash = file.UnpackedSha256 ?? file.PackedSha256;
        return expectedHash is not null && content.Hash != file.UnpackedSha256
            ? WrongHash(content.Hash, expectedHash)
            : FindFaultOfSize(content, file.UnpackedByteCount) ?? (expectedHash is null ? FindFaultOfHeader(content) : null);
    }

    private static string? FindFaultOfSize(Content content, long? expected) => content.ByteCount == (expected ?? content.ByteCount)
        ? null
        : $"has {(content.IsCut ? $"more than {expected}" : $"{content.ByteCount}")} bytes, but {expected} were expected";

    /// <summary>Without a hash, the file must at least be an IDX file whose header gives its size.</summary>
    private static string? FindFaultOfHeader(Content content)
    {
        try
        {
            var header = IdxHeaderFormat.Read(new MemoryStream(content.Start), "file");
            var expected = IdxHeaderFormat.ByteCount(header.Dimensions.Count) + header.ElementByteCount;
            return expected == content.ByteCount ? null : $"has {content.ByteCount} bytes, but its header, {header}, takes {expected}";
        }
        catch (InvalidDataException)
        {
            return "is not an IDX file";
        }
    }

    private static string WrongHash(string found, string expected) => $"has SHA-256 {found}, but {expected} was expected";

    /// <summary>Reads a stream, but little more than the expected number of bytes: a file that unpacks to more is wrong anyway.</summary>
    private static async Task<Content> ReadAsync(Stream stream, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferByteCount];
        byte[] start = [];
        long total = 0;
        while (total <= maxBytes
            && await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)
                is var count and > 0)
        {
            start = total == 0 ? buffer[..Math.Min(count, IdxHeaderFormat.ByteCount(IdxHeader.MaxDimensions))] : start;
            hash.AppendData(buffer, 0, count);
            total += count;
        }

        return new Content(start, total, total > maxBytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>What is known of the bytes that were read; cut if there were more than expected.</summary>
    private readonly record struct Content(byte[] Start, long ByteCount, bool IsCut, string Hash);
}
