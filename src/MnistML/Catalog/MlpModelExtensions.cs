using MnistML;
using MnistML.Scoring.Archive;

namespace Microsoft.ML;

/// <summary>Loads saved models and restores their networks.</summary>
public static class MlpModelExtensions
{
    /// <summary>The first bytes of a zip archive.</summary>
    private static readonly byte[] ZipSignature = "PK\u0003\u0004"u8.ToArray();

    /// <summary>
    /// Loads a model that <c>mlContext.Model.Save</c> wrote, as <c>mlContext.Model.Load</c> does, and restores each network in it, anywhere
    /// in its chain, as an <see cref="MlpTransformer"/>: it scores in batches, and has its parameters for a warm start, its history and its
    /// ONNX model. <see cref="MlpTransformer.Find"/> finds it.
    /// </summary>
    /// <param name="catalog">The catalogue of model operations.</param>
    /// <param name="filePath">The zip archive.</param>
    /// <param name="inputSchema">The schema of the training data, as it was saved with the model.</param>
    /// <returns>
    /// The model; dispose it to free the memory of ONNX Runtime. It computes the same bits as the model that was saved, on the same
    /// machine. It keeps no temporary file of the network, as a model from <c>mlContext.Model.Load</c> does until it is disposed.
    /// </returns>
    /// <remarks>
    /// The whole archive is read into memory and checked. Its paths may have slashes, or backslashes as on Windows. An archive that is cut
    /// or damaged, or whose entries lead out of it, is refused, and so is a network that was altered, or whose stages were. What ML.NET
    /// allocates for the other entries is not guarded: ML.NET trusts the sizes in other stages, in the chain around the network and in the
    /// saved schema, and a hostile file can make it allocate gigabytes. A model also names the .NET types of its stages, which ML.NET
    /// looks up in the application's assemblies. So load models from trusted sources only.
    /// </remarks>
    /// <exception cref="InvalidDataException">
    /// It is not a complete model, or ML.NET cannot load it; the message says what was found.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ITransformer LoadMlp(this ModelOperationsCatalog catalog, string filePath, out DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        using var stream = File.OpenRead(filePath);
        return Load(catalog, stream, $"'{filePath}'", out inputSchema);
    }

    /// <inheritdoc cref="LoadMlp(ModelOperationsCatalog, string, out DataViewSchema)"/>
    /// <param name="catalog">The catalogue of model operations.</param>
    /// <param name="stream">
    /// The zip archive; the stream is left open. As for <c>mlContext.Model.Load</c>, a stream that can seek is read from its start,
    /// whatever its position, unless an archive begins at its position; of other streams the rest is read.
    /// </param>
    /// <param name="inputSchema">The schema of the training data, as it was saved with the model.</param>
    public static ITransformer LoadMlp(this ModelOperationsCatalog catalog, Stream stream, out DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek && !BeginsArchive(stream))
        {
            stream.Position = 0;
        }

        using var archive = new MemoryStream();
        stream.CopyTo(archive);
        archive.Position = 0;
        return Load(catalog, archive, "The stream", out inputSchema);
    }

    /// <summary>Whether an archive begins at the position of a stream, which does not move.</summary>
    private static bool BeginsArchive(Stream stream)
    {
        var position = stream.Position;
        Span<byte> bytes = stackalloc byte[ZipSignature.Length];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        stream.Position = position;
        return bytes[..count].SequenceEqual(ZipSignature);
    }

    private static ITransformer Load(ModelOperationsCatalog catalog, Stream stream, string name, out DataViewSchema inputSchema)
    {
        try
        {
            DataViewSchema? schema = null;
            var model = MlpModelLoader.Load(stream, archive => catalog.Load(archive, out schema));
            inputSchema = schema!;
            return model;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{name} is not a model that can be loaded: {error.Message}", error.InnerException ?? error);
        }
    }
}
