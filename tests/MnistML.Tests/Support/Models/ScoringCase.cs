using Microsoft.ML;
using Microsoft.ML.Runtime;
using MnistML.Model;

namespace MnistML.Tests.Support;

/// <summary>Seven rows with key labels in memory, and a network that was made for them without training. It owns the transformer.</summary>
internal sealed class ScoringCase : IDisposable
{
    public ScoringCase(MlpActivation activation = MlpActivation.Tanh)
    {
        var source = MlContext.Data.LoadFromEnumerable(Rows);
        Data = MlContext.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(source).Transform(source);
        Model = Networks.Random(new MlpArchitecture(3, [5], 4, activation), seed: 7);
        Transformer = CreateTransformer(MlContext, Model, Data.Schema);
    }

    public MLContext MlContext { get; } = new(seed: 1);

    public IReadOnlyList<Example> Rows { get; } = Example.Seven();

    /// <summary>The columns Id, Features, Class and Label.</summary>
    public IDataView Data { get; }

    public MlpModelParameters Model { get; }

    public MlpTransformer Transformer { get; }

    public static MlpTransformer CreateTransformer(
        MLContext mlContext, MlpModelParameters model, DataViewSchema schema, string features = "Features", string label = "Label") =>
        new((IHostEnvironment)mlContext, model, new MlpMetadata(), schema[features], schema[label]);

    public void Dispose() => Transformer.Dispose();
}
