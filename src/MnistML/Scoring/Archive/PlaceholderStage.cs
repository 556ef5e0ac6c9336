using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring.Archive;

/// <summary>A stock stage that does nothing, as ML.NET saves it.</summary>
internal static class PlaceholderStage
{
    private const string StageEntry = "Model.key";
    private const string Column = "Placeholder";

    private static readonly Lazy<byte[]> Saved = new(Save);

    /// <summary>The entry that holds the type of the stage; it has no other entries.</summary>
    public static byte[] Value => Saved.Value;

    /// <summary>The stage itself.</summary>
    public static ITransformer Create()
    {
        var mlContext = new MLContext();
        return mlContext.Transforms.CopyColumns(Column, nameof(Row.Value)).Fit(mlContext.Data.LoadFromEnumerable<Row>([]));
    }

    /// <summary>Only ML.NET can write such an entry, so a chain with this stage is saved and the entry read from it.</summary>
    private static byte[] Save()
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(new TransformerChain<ITransformer>(Create()), inputSchema: null, stream);

        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        using var entry = archive.Entries.Single(
            entry => entry.Name == StageEntry && entry.FullName.Contains("Transform_", StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    private sealed class Row
    {
        public float Value { get; set; }
    }
}
