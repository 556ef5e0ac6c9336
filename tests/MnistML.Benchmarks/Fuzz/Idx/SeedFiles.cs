using System.Buffers.Binary;

namespace MnistML.Benchmarks.Fuzz.Idx;

/// <summary>A pair of files to load, with the options that fit it.</summary>
internal sealed record FilePair(byte[] Images, byte[] Labels, IdxLoaderOptions Options);

/// <summary>
/// Valid files, put together byte by byte, of every element type and with 1 to 8 dimensions, never square. The labels have each integer
/// type, and one file holds a table of them.
/// </summary>
internal static class SeedFiles
{
    private const byte UInt8 = 0x08;
    private const byte Int32 = 0x0C;
    private const int ItemCount = 12;

    private static readonly (byte Type, int Size)[] ElementTypes = [(UInt8, 1), (0x09, 1), (0x0B, 2), (Int32, 4), (0x0D, 4), (0x0E, 8)];
    private static readonly int[][] Shapes = [[], [5], [2, 3], [3, 1, 2], [1, 2, 1, 2, 1, 2, 1]];

    public static IReadOnlyList<FilePair> All { get; } = [.. Create()];

    private static IEnumerable<FilePair> Create()
    {
        var random = new Random(1);
        foreach (var (type, size) in ElementTypes)
        {
            foreach (var shape in Shapes)
            {
                var images = File(type, [ItemCount, .. shape], random, size, max: 256);
                var labels = File(UInt8, [ItemCount], random, size: 1, max: 4);
                yield return new FilePair(images, labels, new IdxLoaderOptions { Transpose = shape.Length >= 2 });
            }
        }

        var pictures = File(UInt8, [ItemCount, 4, 3], random, size: 1, max: 256);
        yield return new FilePair(pictures, File(0x09, [ItemCount], random, size: 1, max: 4), new IdxLoaderOptions { ClassCount = 4 });
        yield return new FilePair(pictures, Numbers([ItemCount], random), new IdxLoaderOptions());
        yield return new FilePair(pictures, Numbers([ItemCount, 8], random), new IdxLoaderOptions { LabelField = 3 });
    }

    private static byte[] File(byte type, int[] dimensions, Random random, int size, int max) =>
        [.. Header(type, dimensions), .. Enumerable.Range(0, size * CountOf(dimensions)).Select(_ => (byte)random.Next(max))];

    private static byte[] Numbers(int[] dimensions, Random random)
    {
        var numbers = Enumerable.Range(0, CountOf(dimensions)).SelectMany(_ => (byte[])[0, 0, 0, (byte)random.Next(5)]);
        return [.. Header(Int32, dimensions), .. numbers];
    }

    private static int CountOf(int[] dimensions) => dimensions.Aggregate(1, (product, length) => product * length);

    private static byte[] Header(byte type, int[] dimensions)
    {
        var bytes = new byte[4 + (4 * dimensions.Length)];
        (bytes[2], bytes[3]) = (type, (byte)dimensions.Length);
        for (var i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + (4 * i)), dimensions[i]);
        }

        return bytes;
    }
}
