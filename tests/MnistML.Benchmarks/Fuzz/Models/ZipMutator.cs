using System.IO.Compression;

namespace MnistML.Benchmarks.Fuzz.Models;

/// <summary>Spoils zip archives: their headers, or their parts with right checksums.</summary>
internal sealed class ZipMutator(Random random)
{
    private const int BombBytes = 2 << 20;
    private const int ManyParts = 2_000;

    private const string NetworkEntry = "Transform_000/OnnxModel";

    /// <summary>The bytes after the signature in the longest of the three kinds of headers.</summary>
    private const int MaxHeaderBytes = 46;

    private static readonly byte[][] Signatures = ["PK\u0003\u0004"u8.ToArray(), "PK\u0001\u0002"u8.ToArray(), "PK\u0005\u0006"u8
        .ToArray()];
    private static readonly string[] OddPaths =
    [
        "../x", "..\\x", "/tmp/x", "\\x", "C:\\x", "a/../../x", "a\\../..\\x", "a//x", "a\\/x", " ", "/", "\\",
        "Model.key", "a/b/OnnxModel", "OnnxModel", "con", "a\0b",
        new string('d', 5_000), string.Join('/', Enumerable.Repeat("e", 500)),
    ];

    private readonly ByteSpoiler _bytes = new(random);

    /// <summary>Falsifies sizes, offsets, checksums, methods and counts.</summary>
    public byte[] SpoilHeaders(byte[] zip)
    {
        var signature = _bytes.Pick(Signatures);
        List<int> places = [];
        for (var at = 0; at + signature.Length <= zip.Length; at++)
        {
            if (zip.AsSpan(at, signature.Length).SequenceEqual(signature))
            {
                places.Add(at);
            }
        }

        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            var at = _bytes.Pick(places) + signature.Length + random.Next(MaxHeaderBytes);
            zip = random.Next(3) == 0 ? _bytes.WithByte(zip, at) : _bytes.WithNumber(zip, at);
        }

        return zip;
    }

    /// <summary>Alters parts, and packs them again.</summary>
    public byte[] SpoilParts(byte[] zip)
    {
        var parts = ZipParts.Read(zip);
        for (var times = random.Next(4) == 0 ? 2 : 1; times > 0; times--)
        {
            SpoilPart(parts, random.Next(parts.Count));
        }

        return ZipParts.Write(parts, random.Next(2) == 0 ? CompressionLevel.Fastest : CompressionLevel.NoCompression);
    }

    /// <summary>Names all entries as ML.NET does on Windows, half of them, or none.</summary>
    public byte[] WithSeparators(byte[] zip)
    {
        var backslashesInFour = _bytes.Pick([4, 2, 0, 0]);
        return backslashesInFour == 0
            ? zip
            : ZipParts.Write(
                ZipParts.Read(zip).Select(
                    part => random.Next(4) < backslashesInFour ? part with { Path = part.Path.Replace('/', '\\') } : part),
                CompressionLevel.Fastest);
    }

    /// <summary>
    /// Whether <c>LoadMlp</c> checks the content of an entry. What ML.NET allocates for other entries is not bounded: other stages, the
    /// <c>Model.key</c> of a chain around the network's own, and <c>Schema</c> and <c>TrainSchema</c> outside it. Those keep their content.
    /// </summary>
    private static bool IsGuarded(string path, List<ZipPart> parts) =>
        (!path.Contains("Transform_", StringComparison.Ordinal) && path.Split('/')[^1] is not ("Model.key" or "Schema" or "TrainSchema"))
        || parts.Any(part => part.Path.EndsWith(NetworkEntry, StringComparison.Ordinal)
            && path.StartsWith(part.Path[..^NetworkEntry.Length], StringComparison.Ordinal));

    private void SpoilPart(List<ZipPart> parts, int index)
    {
        var part = parts[index];
        var isGuarded = IsGuarded(part.Path, parts);
        switch (random.Next(20))
        {
            case 0:
                parts.RemoveAt(index);
                break;
            case 1 when isGuarded:
                parts.Insert(random.Next(parts.Count), part with { Content = _bytes.Spoil(part.Content) });
                break;
            case 2:
                parts[index] = part with { Path = _bytes.Pick(OddPaths) };
                break;
            case 3 when _bytes.Pick(parts).Path is var other && IsGuarded(other, parts):
                parts[index] = part with { Path = other };
                break;
            case 4 when isGuarded:
                parts[index] = part with { Content = _bytes.Pick(parts).Content };
                break;
            case 5 when isGuarded:
                var others = ZipParts.Read(_bytes.Pick([.. ModelSeeds.NetworkZips, .. ModelSeeds.PipelineZips]));
                parts[index] = part with { Content = (others.Find(other => other.Path == part.Path) ?? _bytes.Pick(others)).Content };
                break;
            case 6:
                parts.Add(new ZipPart(_bytes.Pick(OddPaths), part.Content));
                break;
            case 7 when isGuarded && random.Next(10) == 0:
                parts[index] = part with { Content = new byte[BombBytes] };
                break;
            case 8 when random.Next(10) == 0:
                parts.AddRange(Enumerable.Range(0, ManyParts).Select(number => new ZipPart($"{part.Path}{number}", [])));
                break;
            default:
                int[] guarded = [.. Enumerable.Range(0, parts.Count).Where(i => IsGuarded(parts[i].Path, parts))];
                if (guarded.Length == 0)
                {
                    break;
                }

                index = _bytes.Pick(guarded);
                parts[index] = parts[index] with { Content = _bytes.Spoil(parts[index].Content) };
                break;
        }

        if (parts.Count == 0)
        {
            parts.Add(part);
        }
    }
}
