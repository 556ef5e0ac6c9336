using System.Buffers.Binary;

namespace MnistML.Scoring.Archive;

/// <summary>
/// What chains say of themselves in a saved model. ML.NET makes room for as many stages as a chain's entry tells before it looks for them, so the number is checked first.
/// </summary>
internal static class SavedChainCheck
{
    private const string Entry = "Model.key";
    private const string FirstStage = "Transform_000/";

    /// <summary>Where ML.NET's entries tell where their own content begins.</summary>
    private const int PlaceOfStart = 16;

    /// <exception cref="InvalidDataException">A chain tells of more stages than there are.</exception>
    public static void Check(ModelArchive archive)
    {
        foreach (var (path, content) in archive.Entries)
        {
            var folder = path[..(path.LastIndexOf('/') + 1)];
            if (path.AsSpan(folder.Length).SequenceEqual(Entry) && archive.Entries.Keys.Any(other => other.StartsWith(folder + FirstStage, StringComparison.Ordinal)))
            {
                Check(path, content, archive.Entries.Count);
            }
        }
    }

    private static void Check(string path, ReadOnlySpan<byte> content, int entryCount)
    {
        var start = content.Length >= PlaceOfStart + sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(content[PlaceOfStart..]) : -1;
        var stageCount = start >= 0 && start <= content.Length - sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(content[(int)start..]) : -1;
        if (stageCount < 0 || stageCount > entryCount)
        {
            throw new InvalidDataException($"the entry '{path}' tells of {stageCount} stages, but the archive has {entryCount} entries.");
        }
    }
}
