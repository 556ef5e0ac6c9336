using System.Text;

namespace MnistML.Scoring.Archive;

/// <summary>
/// What schemas say of themselves in a saved model, in ML.NET's binary format (IDV). ML.NET makes room for as many dimensions of a vector as are told before it
/// reads them, so the number is checked first.
/// </summary>
internal static class SavedSchemaCheck
{
    /// <summary>A vector's type as the format writes it: the name with its length in front, the length of what follows, the items' type, the number of dimensions, each of them.</summary>
    private static readonly byte[] VectorType = "\u0007VBuffer"u8.ToArray();

    /// <exception cref="InvalidDataException">A vector tells of other dimensions than there are.</exception>
    public static void Check(ModelArchive archive)
    {
        foreach (var (path, content) in archive.Entries.Where(entry => entry.Key.Split('/')[^1] is "Schema" or "TrainSchema"))
        {
            for (var at = content.AsSpan().IndexOf(VectorType); at >= 0;)
            {
                at += VectorType.Length;
                if (!IsWhole(content, at))
                {
                    throw new InvalidDataException($"the entry '{path}' tells of a vector at byte {at} with other dimensions than there are.");
                }

                var next = content.AsSpan(at).IndexOf(VectorType);
                at = next < 0 ? next : at + next;
            }
        }
    }

    private static bool IsWhole(byte[] content, int at)
    {
        using var stream = new MemoryStream(content, at, content.Length - at);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        try
        {
            var end = reader.Read7BitEncodedInt64() + stream.Position;
            reader.ReadString();
            stream.Seek(reader.Read7BitEncodedInt64(), SeekOrigin.Current);
            var dimensionCount = reader.ReadInt32();
            return dimensionCount >= 0 && end <= stream.Length && stream.Position + ((long)sizeof(int) * dimensionCount) == end;
        }
        catch (Exception error) when (error is IOException or FormatException or ArgumentException)
        {
            return false;
        }
    }
}
