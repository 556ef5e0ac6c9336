using MnistML;
using MnistML.Scoring.Archive;

namespace Microsoft.ML;

/// <summary>Loads saved models with their networks as what they were when they were saved.</summary>
public static class MlpModelExtensions
{
    /// <summary>
    /// Loads a model that <c>mlContext.Model.Save</c> wrote, as <c>mlContext.Model.Load</c> does, with each network in it, anywhere in its
    /// chain, as an <see cref="MlpTransformer"/> again: it scores in batches, gives its parameters for a warm start, its history, its ONNX
    /// model. <see cref="MlpTransformer.Find"/> finds it.
    /// </summary>
    /// <param name="catalog">The catalogue of model operations.</param>
    /// <param name="filePath">The zip archive.</param>
    /// <param name="inputSchema">The schema of the data that the model was trained on, as it was saved with the model.</param>
    /// <returns>
    /// The model; dispose of it to free what ONNX Runtime holds. It scores bit for bit as the one that was saved, on the same machine.
    /// </returns>
    /// <remarks>
    /// The whole archive is read into memory and checked: what is cut, damaged or leads out of it is refused, and so is a network, or a
    /// stage that belongs to it, that was altered. ML.NET reads what other stages hold, and believes it. It may ask for gigabytes where
    /// someone has made a file that tells it so; and a model names the .NET types that its stages are made of, which ML.NET then looks for
    /// among the application's assemblies. So load only models from those whom you trust.
    /// </remarks>
    /// <exception cref="InvalidDataException">
    /// It is not a whole model, or not one that ML.NET can load; the message says what was found.
    /// </exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static ITransformer LoadMlp(this ModelOperationsCatalog catalog, string filePath, out DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(filePath);
        using var stream = File.OpenRead(filePath);
        return Load(catalog, stream, $"'{filePath}'", out inputSchema);
    }

    /// <inheritdoc cref="LoadMlp(ModelOperationsCatalog, string, out DataViewSchema)"/>
    /// <param name="catalog">The catalogue of model operations.</param>
    /// <param name="stream">The zip archive, all that is left of the stream, which is left open.</param>
    /// <param name="inputSchema">The schema of the data that the model was trained on, as it was saved with the model.</param>
    public static ITransformer LoadMlp(this ModelOperationsCatalog catalog, Stream stream, out DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(stream);
        using var archive = new MemoryStream();
        stream.CopyTo(archive);
        archive.Position = 0;
        return Load(catalog, archive, "The stream", out inputSchema);
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
