using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Onnx;
using MnistML.Scoring;
using MnistML.Scoring.Cursors;

namespace MnistML.Tests.Support;

/// <summary>The stage that appends the column of logits, for a network that was made without training. It owns the stage.</summary>
internal sealed class LogitsCase : IDisposable
{
    /// <param name="model">The network.</param>
    /// <param name="schema">The input, which has the column Features; null for one that has no other.</param>
    /// <param name="output">The name of the column of logits.</param>
    public LogitsCase(MlpModelParameters model, DataViewSchema? schema = null, string output = "Logits")
    {
        var mlp = new OnnxMlp(
            model, "Features", new OnnxOutput(output, new float[model.Architecture.OutputSize], 1), new Dictionary<string, string>());
        Transformer = new LogitsTransformer((IHostEnvironment)new MLContext(seed: 1), mlp);
        Mapper = new LogitsMapper(Transformer, schema ?? FeaturesOnly(model.Architecture.InputSize));
    }

    public LogitsTransformer Transformer { get; }

    public LogitsMapper Mapper { get; }

    public DataViewSchema.Column Logits => Mapper.OutputSchema["Logits"];

    public void Dispose() => Transformer.Dispose();

    private static DataViewSchema FeaturesOnly(int featureCount)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, featureCount));
        return builder.ToSchema();
    }
}
