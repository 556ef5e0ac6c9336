using System.Buffers.Binary;
using System.IO.Compression;

namespace MnistML.Benchmarks.Fuzz.Idx;

/// <summary>Spoils valid files, in common and in uncommon ways.</summary>
internal sealed class IdxMutator(Random random)
{
    private const int BombBytes = 8 << 20;

    private static readonly int[] TellingLengths = [0, 1, -1, 2, 12, 255, 65_536, 1 << 20, 1 << 30, int.MaxValue, int.MinValue];

    private static readonly byte[][] ForeignStarts =
    [
        "<!DOCTYPE html>"u8.ToArray(),
        "PK\u0003\u0004"u8.ToArray(),
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0],
        [0x1F, 0x8B],
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3],
        "BZh9"u8.ToArray(),
    ];

    private readonly ByteSpoiler _bytes = new(random);

    /// <summary>A pair, one or both of whose files are spoilt, packed, or exchanged.</summary>
    public FilePair Mutate(FilePair pair)
    {
        var (images, labels) = random.Next(20) == 0 ? (pair.Labels, pair.Images) : (pair.Images, pair.Labels);
        var spoilt = random.Next(3);
        return pair with
        {
            Images = Finish(spoilt != 1 ? Spoil(images) : images),
            Labels = Finish(spoilt != 0 ? Spoil(labels) : labels),
        };
    }

    /// <summary>Leaves the bytes raw, or packs them, perhaps twice, and perhaps spoils the packed ones.</summary>
    private byte[] Finish(byte[] bytes) => random.Next(8) switch
    {
        0 or 1 => Pack(bytes),
        2 => Spoil(Pack(bytes)),
        3 => random.Next(4) == 0 ? Pack(Pack(bytes)) : Pack(bytes),
        _ => bytes,
    };

    private byte[] Spoil(byte[] bytes)
    {
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            bytes = SpoilOnce(bytes);
        }

        return bytes;
    }

    private byte[] SpoilOnce(byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        var count = random.Next(bytes.Length - at + 1);
        return random.Next(12) switch
        {
            0 => ByteSpoiler.Cut(bytes, at),
            1 => _bytes.Append(bytes),
            2 => ByteSpoiler.Remove(bytes, at, count),
            3 => ByteSpoiler.Repeat(bytes, at, count),
            4 => _bytes.Insert(bytes, at),
            5 => [.. _bytes.Pick(SeedFiles.All).Images.Take(at), .. bytes[at..]],
            6 => [.. _bytes.Pick(ForeignStarts), .. bytes[Math.Min(bytes.Length, at)..]],
            7 or 8 => WithLength(bytes),
            9 => random.Next(200) == 0 ? Bomb() : bytes,
            10 => _bytes.WithByte(bytes, at),
            _ => _bytes.WithTellingByte(bytes, random.Next(8)),
        };
    }

    /// <summary>Replaces the length of one of the first dimensions.</summary>
    private byte[] WithLength(byte[] bytes)
    {
        byte[] changed = [.. bytes];
        var at = 4 + (4 * random.Next(3));
        if (at + sizeof(int) <= changed.Length)
        {
            BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(at), _bytes.Pick(TellingLengths));
        }

        return changed;
    }

    /// <summary>A few kilobytes that unpack to megabytes of zeros. The header promises the right number, more or fewer.</summary>
    private byte[] Bomb()
    {
        var bytes = new byte[12 + BombBytes];
        (bytes[2], bytes[3]) = (0x08, 2);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), _bytes.Pick([12, BombBytes, BombBytes / 2, int.MaxValue]));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), _bytes.Pick([1, BombBytes / 12, int.MaxValue]));
        return Pack(bytes);
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
