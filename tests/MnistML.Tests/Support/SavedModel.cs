using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>Saving and loading in memory.</summary>
internal static class SavedModel
{
    /// <summary>The model as a fresh context loads it; dispose of it, for ML.NET keeps a file of each ONNX model until then.</summary>
    public static TransformerChain<ITransformer> SaveAndLoad(MLContext mlContext, ITransformer model, DataViewSchema inputSchema)
    {
        using var stream = new MemoryStream();
        mlContext.Model.Save(model, inputSchema, stream);
        stream.Position = 0;
        return (TransformerChain<ITransformer>)new MLContext(seed: 1).Model.Load(stream, out _);
    }

    /// <summary>The transformers that a chain is made of, those of the chains in it included.</summary>
    public static IEnumerable<ITransformer> Stages(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Stages) : [model];
}
