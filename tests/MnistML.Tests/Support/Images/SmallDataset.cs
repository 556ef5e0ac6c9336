using System.Security.Cryptography;
using MnistML.Datasets;

namespace MnistML.Tests.Support;

/// <summary>A data set of some hundred bytes: 40 and 7 images of 5×3, gzipped.</summary>
internal static class SmallDataset
{
    private static readonly byte[][] Contents =
    [
        IdxBytes.Of(0x08, [40, 5, 3], Bytes(600, seed: 1)), IdxBytes.Labels(Bytes(40, seed: 2, most: 4)),
        IdxBytes.Of(0x08, [7, 5, 3], Bytes(105, seed: 3)), IdxBytes.Labels(Bytes(7, seed: 4, most: 4)),
    ];

    private static readonly string[] Names =
    [
        "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
    ];

    /// <summary>The files as a server has them, by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Served { get; } = Names.Zip(Contents).ToDictionary(
        file => file.First, file => IdxBytes.Gzip(file.Second));

    /// <summary>The set, with unpacked hashes alone: a mirror may pack its files as it likes.</summary>
    public static MnistDataset From(params Uri[] mirrors)
    {
        DatasetFile[] files =
        [
            .. Names.Zip(Contents, (name, content) => new DatasetFile(name, content.Length) { UnpackedSha256 = Hash(content) }),
        ];
        return MnistDataset.Mnist with
        {
            Name = "small",
            Title = "SMALL",
            TrainImages = files[0],
            TrainLabels = files[1],
            TestImages = files[2],
            TestLabels = files[3],
            Mirrors = mirrors,
        };
    }

    /// <summary>The same with the hashes of the packed files alone.</summary>
    public static MnistDataset WithPackedHashes(params Uri[] mirrors)
    {
        var dataset = From(mirrors);
        return dataset with
        {
            TrainImages = Packed(dataset.TrainImages),
            TrainLabels = Packed(dataset.TrainLabels),
            TestImages = Packed(dataset.TestImages),
            TestLabels = Packed(dataset.TestLabels),
        };
    }

    /// <summary>The same without hashes.</summary>
    public static MnistDataset WithoutHashes(params Uri[] mirrors)
    {
        var dataset = From(mirrors);
        return dataset with
        {
            TrainImages = dataset.TrainImages with { UnpackedSha256 = null },
            TrainLabels = dataset.TrainLabels with { UnpackedSha256 = null },
            TestImages = dataset.TestImages with { UnpackedSha256 = null },
            TestLabels = dataset.TestLabels with { UnpackedSha256 = null },
        };
    }

    private static DatasetFile Packed(DatasetFile file) =>
        file with { UnpackedSha256 = null, PackedSha256 = Hash(Served[file.Name]), PackedByteCount = Served[file.Name].Length };

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] Bytes(int count, int seed, int most = 256)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(most))];
    }
}
