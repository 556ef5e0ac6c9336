using System.IO.Compression;
using System.Security.Cryptography;
using MnistML.Idx;

namespace MnistML.Datasets.Download;

/// <summary>Tells a right copy of a file from a wrong one.</summary>
internal static class FileVerifier
{
    private const int BufferByteCount = 1 << 16;

    /// <summary>What is wrong with a file, as the end of a sentence; null if nothing is.</summary>
    public static string? FindFault(string path, DatasetFile file)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var hash = Hash(stream);
        if (hash == file.PackedSha256 || hash == file.UnpackedSha256)
        {
            return null;
        }

        stream.Position = 0;
        var start = new byte[FileSignature.Gzip.Length];
        var found = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return found switch
        {
            0 => "is empty",
            _ when start.AsSpan(0, found).SequenceEqual(FileSignature.Gzip) => FindFaultOfGzip(stream, file, hash),
            _ when start[0] == '<' => "is a web page, not the file",
            _ => WrongHash(hash, file.UnpackedSha256 ?? file.PackedSha256),
        };
    }

    private static string? FindFaultOfGzip(FileStream packed, DatasetFile file, string packedHash)
    {
        if (file.UnpackedSha256 is null)
        {
            return WrongHash(packedHash, file.PackedSha256);
        }

        try
        {
            using var unpacked = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            return Hash(unpacked, file.UnpackedByteCount) is var hash && hash == file.UnpackedSha256
                ? null
                : $"holds other data: {WrongHash(hash, file.UnpackedSha256)}";
        }
        catch (InvalidDataException exception)
        {
            return $"is a damaged gzip file ({exception.Message.TrimEnd('.')})";
        }
    }

    private static string WrongHash(string found, string? expected) => $"has SHA-256 {found}, but {expected ?? "another"} was expected";

    /// <summary>
    /// The hash of a stream, no further than just beyond the bytes that it should have: what unpacks to more is wrong anyway.
    /// </summary>
    private static string Hash(Stream stream, long mostBytes = long.MaxValue)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferByteCount];
        for (long total = 0; total <= mostBytes && stream.Read(buffer) is var count and > 0; total += count)
        {
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
