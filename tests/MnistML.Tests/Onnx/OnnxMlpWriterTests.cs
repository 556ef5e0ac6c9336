using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Onnx;

public sealed class OnnxMlpWriterTests
{
    private const int Seed = 11;
    private static readonly float[] Features = [0.5f, -1.25f, 2];

    [Test]
    public void Write_AnyArchitecture_GivesLogProbabilities(
        [Values] MlpActivation activation, [Values(0, 1, 2)] int hiddenLayerCount, [Values(1, 2, 3, 10)] int classCount)
    {
        int[] hiddenLayers = [5, 4];
        var model = Networks.Random(new MlpArchitecture(3, hiddenLayers[..hiddenLayerCount], classCount, activation), Seed);

        var actual = BareOnnx.Run(Write(model, "Features", Output(classCount)), "Features", Features);

        var expected = PlainNetwork.LogProbabilities(model, Features);
        Assert.That(actual, Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase(MlpActivation.Relu, 0, 2)]
    [TestCase(MlpActivation.LeakyRelu, -0.02, 2)]
    [TestCase(MlpActivation.Gelu, -0.0455003, 1.9544997)]
    [TestCase(MlpActivation.Silu, -0.2384058, 1.7615942)]
    [TestCase(MlpActivation.Tanh, -0.9640276, 0.9640276)]
    [TestCase(MlpActivation.Sigmoid, 0.1192029, 0.8807971)]
    public void Write_Activation_GivesTheTabulatedValues(MlpActivation activation, double ofMinusTwo, double ofTwo)
    {
        // One unit between the feature and two classes whose logits are its value and 0, so that their log-probabilities differ by it.
        var model = new MlpModelParameters(
            new MlpArchitecture(1, [1], 2, activation),
            [new MlpLayerParameters(new MlpLayerShape(1, 1), [1], [0]), new MlpLayerParameters(new MlpLayerShape(1, 2), [1, 0], [0, 0])]);
        var onnx = Write(model, "x", Output(2));

        Assert.That(Value(-2), Is.EqualTo(ofMinusTwo).Within(1e-6));
        Assert.That(Value(2), Is.EqualTo(ofTwo).Within(1e-6));

        double Value(float x)
        {
            var scores = BareOnnx.Run(onnx, "x", [x]);
            return scores[0] - scores[1];
        }
    }

    [TestCase(1f)]
    [TestCase(0.25f)]
    [TestCase(3f)]
    public void Write_OffsetsAndScale_AreTakenOffAndDividedBy(float scale)
    {
        float[] offsets = [0.5f, -1, 0.125f, 0];
        var model = Networks.Random(new MlpArchitecture(3, [5], 4), Seed);

        var actual = BareOnnx.Run(
            Write(model, "Features", new OnnxOutput("Logits", offsets, scale)), "Features", Features);

        var expected = PlainNetwork.LogProbabilities(model, Features).Zip(offsets, (value, offset) => (value - offset) / scale);
        Assert.That(actual, Is.EqualTo(expected).Within(2e-6 / Math.Min(scale, 1)));
    }

    [Test]
    public void Write_Model_TakesOneRowAndGivesAVector()
    {
        var model = Networks.Random(new MlpArchitecture(3, [5], 4), Seed);
        using var session = new InferenceSession(Write(model, "Features", Output(4)));

        Assert.That(session.InputNames, Is.EqualTo(new[] { "Features" }));
        Assert.That(session.OutputNames, Is.EqualTo(new[] { "Logits" }));
        Assert.That(session.InputMetadata["Features"].ElementType, Is.EqualTo(typeof(float)));
        Assert.That(session.InputMetadata["Features"].Dimensions, Is.EqualTo(new[] { 1, 3 }));
        Assert.That(session.OutputMetadata["Logits"].ElementType, Is.EqualTo(typeof(float)));
        Assert.That(session.OutputMetadata["Logits"].Dimensions, Is.EqualTo(new[] { 4 }));
    }

    [TestCase("Features/Relu_1")]
    [TestCase("Features/layers.0.weight")]
    [TestCase("the features, scaled")]
    [TestCase("Gesichtszüge 特徴")]
    [TestCase("/")]
    public void Write_OddInputName_Works(string name)
    {
        var model = Networks.Random(new MlpArchitecture(3, [5], 4), Seed);

        var actual = BareOnnx.Run(Write(model, name, Output(4)), name, Features);

        Assert.That(actual, Is.EqualTo(PlainNetwork.LogProbabilities(model, Features)).Within(1e-6));
    }

    [Test]
    public void Write_LogitsFarApart_StaysFinite()
    {
        var model = new MlpModelParameters(
            new MlpArchitecture(1, [], 3), [new MlpLayerParameters(new MlpLayerShape(1, 3), [1000, 0, -1000], [0, 0, 0])]);

        var actual = BareOnnx.Run(Write(model, "x", Output(3)), "x", [1]);

        Assert.That(actual, Is.EqualTo(new float[] { 0, -1000, -2000 }));
    }

    [Test]
    public void Write_SameModel_GivesTheSameBytes()
    {
        var model = Networks.Random(new MlpArchitecture(3, [5], 4), Seed);

        var first = Write(model, "x", Output(4));
        var second = Write(model, "x", Output(4));

        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void Write_UnknownActivation_Throws()
    {
        var model = Networks.Random(new MlpArchitecture(3, [5], 4, (MlpActivation)99), Seed);

        Assert.That(() => Write(model, "x", Output(4)), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void WriteForBatches_OfManyRows_GivesEachRowWhatItGivesAlone()
    {
        float[] rows = [.. Features, -1, 0.25f, 3];
        var model = Networks.Random(new MlpArchitecture(3, [5], 4), Seed);
        var mlp = new OnnxMlp(model, "Features", new OnnxOutput("Logits", [1, 2, 3, 4], 0.5f), new Dictionary<string, string>());
        using var session = new InferenceSession(OnnxMlpWriter.WriteForBatches(mlp));

        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(rows, [2, 3]))]);

        Assert.That(session.InputMetadata["Features"].Dimensions, Is.EqualTo([-1, 3]));
        Assert.That(session.OutputMetadata["Logits"].Dimensions, Is.EqualTo([-1, 4]));
        Assert.That(session.OutputMetadata["Logits"].SymbolicDimensions[0], Is.EqualTo("rows"));
        Assert.That(session.ModelMetadata.GraphName, Is.EqualTo("mlp"));
        float[] expected = [.. rows.Chunk(3).SelectMany(row => BareOnnx.Run(OnnxMlpWriter.WriteForRow(mlp), "Features", row))];
        Assert.That(outputs.Single().AsEnumerable<float>().ToArray(), Is.EqualTo(expected).Within(1e-6));
    }

    [TestCase("Features", "PredictedLabel", "Score")]
    [TestCase("Score", "PredictedLabel", "Score.output")]
    [TestCase("PredictedLabel", "PredictedLabel.output", "Score")]
    public void WriteForExport_OfAnyInputName_GivesLabelAndProbabilitiesOfEachRow(string input, string label, string score)
    {
        float[] rows = [.. Features, -1, 0.25f, 3];
        var model = Networks.Random(new MlpArchitecture(3, [5], 4), Seed);
        var mlp = new OnnxMlp(model, input, Output(4), new Dictionary<string, string> { ["name"] = "text" });
        using var session = new InferenceSession(OnnxMlpWriter.WriteForExport(mlp));

        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(rows, [2, 3]))]);

        var expected = rows.Chunk(3).Select(row => PlainNetwork.LogProbabilities(model, row).Select(Math.Exp).ToArray()).ToArray();
        Assert.That(session.OutputNames, Is.EqualTo([label, score]));
        Assert.That(
            outputs.Single(output => output.Name == score).AsEnumerable<float>().ToArray(),
            Is.EqualTo(expected.SelectMany(row => row)).Within(1e-6));
        Assert.That(
            outputs.Single(output => output.Name == label).AsEnumerable<long>().ToArray(),
            Is.EqualTo(expected.Select(row => (long)Array.IndexOf(row, row.Max()))));
        Assert.That(session.OutputMetadata[label].Dimensions, Is.EqualTo([-1]));
        Assert.That(session.OutputMetadata[score].Dimensions, Is.EqualTo([-1, 4]));
        Assert.That(session.ModelMetadata.ProducerName, Is.EqualTo("MnistML"));
        Assert.That(session.ModelMetadata.GraphName, Is.EqualTo("mlp"));
        Assert.That(
            session.ModelMetadata.CustomMetadataMap,
            Is.EquivalentTo(new Dictionary<string, string> { ["mnistml.activation"] = "Relu", ["name"] = "text" }));
    }

    [Test]
    public void BuildForRow_OfANetwork_NamesItsNodesByTheirNumberAndItsConstantsByTheirLayer()
    {
        var model = Networks.Random(new MlpArchitecture(3, [5], 4, MlpActivation.Gelu), Seed);

        var graph = OnnxMlpWriter.BuildForRow(new OnnxMlp(model, "x", Output(4), new Dictionary<string, string>())).Graph;

        Assert.That(graph.Name, Is.EqualTo("mlp"));
        Assert.That(graph.Node.Select(node => node.Name), Is.EqualTo(Enumerable.Range(0, graph.Node.Count).Select(i => $"x/node_{i}")));
        Assert.That(graph.Node.SelectMany(node => node.Output).Distinct().Count(), Is.EqualTo(graph.Node.Count));
        Assert.That(graph.Node[0].Output.Single(), Is.EqualTo("x/Gemm_0"));
        Assert.That(graph.Initializer.Select(tensor => tensor.Name), Is.EquivalentTo((string[])
        [
            "x/layers.0.weight", "x/layers.0.bias", "x/Gemm_0.sqrt2", "x/Gemm_0.one", "x/Gemm_0.half", "x/layers.1.weight",
            "x/layers.1.bias", "x/offsets", "x/scale", "x/shape",
        ]));
    }

    private static byte[] Write(MlpModelParameters model, string inputName, OnnxOutput output) =>
        OnnxMlpWriter.WriteForRow(new OnnxMlp(model, inputName, output, new Dictionary<string, string>()));

    private static OnnxOutput Output(int classCount) => new("Logits", new float[classCount], 1);
}
