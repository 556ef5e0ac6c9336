using Microsoft.ML;

namespace MnistML.OnnxExport.Pipelines;

/// <summary>
/// A model with its networks. A model that <c>mlContext.Model.Load</c> loaded has stock stages in their place, so it is saved to memory and
/// loaded again by <c>LoadMlp</c>. That copy is owned, the user's own model is not.
/// </summary>
internal sealed class RestoredNetworks : IDisposable
{
    private readonly IDisposable? _owned;

    private RestoredNetworks(ITransformer model, IDisposable? owned) => (Model, _owned) = (model, owned);

    public ITransformer Model { get; }

    /// <exception cref="ArgumentException">There is no network in the model.</exception>
    public static RestoredNetworks Of(ModelOperationsCatalog catalog, ITransformer model, DataViewSchema inputSchema)
    {
        if (MlpTransformer.Find(model) is not null)
        {
            return new RestoredNetworks(model, owned: null);
        }

        using var archive = new MemoryStream();
        catalog.Save(model, inputSchema, archive);
        archive.Position = 0;
        var loaded = catalog.LoadMlp(archive, out _);
        if (MlpTransformer.Find(loaded) is not null)
        {
            return new RestoredNetworks(loaded, loaded as IDisposable);
        }

        (loaded as IDisposable)?.Dispose();
        throw new ArgumentException(
            "The model holds no network of MnistML. mlContext.Model.ConvertToOnnx of Microsoft.ML.OnnxConverter converts such pipelines.",
            nameof(model));
    }

    public void Dispose() => _owned?.Dispose();
}
