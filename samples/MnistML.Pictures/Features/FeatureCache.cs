using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MnistML.Common;

namespace MnistML.Samples.Pictures.Features;

/// <summary>
/// Features of pictures on disk, one small file each, so that a second training need not compute them. An entry's name is made of the
/// picture's content and of the network, so that a picture that changes, or another network, has another entry. It ends with a checksum: an
/// entry that is cut or altered counts for none, and is written anew.
/// </summary>
/// <param name="folder">Where the entries are; it is made when the first is written.</param>
/// <param name="networkId">What tells the network from others.</param>
internal sealed class FeatureCache(string folder, string networkId)
{
    /// <summary>Entries of 2 KB, so about 200 MB.</summary>
    public const int MaxEntries = 100_000;

    private const string Ending = ".features";
    private const int EntryByteCount = (PretrainedNetwork.FeatureCount * sizeof(float)) + SHA256.HashSizeInBytes;

    /// <summary>Reads the features of a picture; null if they are not there.</summary>
    public float[]? TryRead(byte[] content)
    {
        try
        {
            var entry = File.ReadAllBytes(PathOf(content));
            var features = entry.AsSpan(0, Math.Max(0, entry.Length - SHA256.HashSizeInBytes));
            return entry.Length == EntryByteCount && SHA256.HashData(features).AsSpan().SequenceEqual(entry.AsSpan(features.Length))
                ? [.. MemoryMarshal.Cast<byte, float>(features)]
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Keeps the features of a picture. The entry appears when it is complete.</summary>
    public void Write(byte[] content, float[] features)
    {
        Directory.CreateDirectory(folder);
        var bytes = MemoryMarshal.AsBytes<float>(features).ToArray();
        AtomicFile.Write(PathOf(content), stream => stream.Write([.. bytes, .. SHA256.HashData(bytes)]));
    }

    /// <summary>Removes the entries that were written longest ago, where there are more than <see cref="MaxEntries"/>.</summary>
    public void Trim(int maxEntries = MaxEntries)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var entries = new DirectoryInfo(folder).GetFiles($"*{Ending}");
        foreach (var entry in entries.OrderBy(file => file.LastWriteTimeUtc).Take(Math.Max(0, entries.Length - maxEntries)))
        {
            entry.Delete();
        }
    }

    private string PathOf(byte[] content) =>
        Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(content))}-{networkId}{Ending}");
}
