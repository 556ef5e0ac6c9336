using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>Saves and loads models in memory.</summary>
internal static class SavedModel
{
    /// <summary>The model as a fresh context loads it; dispose of it, for ML.NET keeps a file of each ONNX model until then.</summary>
    public static TransformerChain<ITransformer> SaveAndLoad(MLContext mlContext, ITransformer model, DataViewSchema inputSchema)
    {
        using var stream = new MemoryStream(Save(mlContext, model, inputSchema));
        return (TransformerChain<ITransformer>)new MLContext(seed: 1).Model.Load(stream, out _);
    }

    /// <summary>The model as a fresh context loads it with its networks; dispose of it.</summary>
    public static TModel SaveAndLoadMlp<TModel>(MLContext mlContext, TModel model, DataViewSchema inputSchema)
        where TModel : ITransformer
    {
        using var stream = new MemoryStream(Save(mlContext, model, inputSchema));
        return (TModel)new MLContext(seed: 1).Model.LoadMlp(stream, out _);
    }

    /// <summary>The bytes of the archive.</summary>
    public static byte[] Save(MLContext mlContext, ITransformer model, DataViewSchema inputSchema)
    {
        using var stream = new MemoryStream();
        mlContext.Model.Save(model, inputSchema, stream);
        return stream.ToArray();
    }

    /// <summary>The transformers that a chain is made of, those of the chains in it included.</summary>
    public static IEnumerable<ITransformer> Stages(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Stages) : [model];
}
