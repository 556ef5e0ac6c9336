using Google.Protobuf;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Onnx;

/// <summary>Networks of sparse features as ONNX models: what ONNX Runtime gives for them, and what reads back.</summary>
internal sealed class SparseOnnxTests
{
    private const int Features = 40;

    private static readonly float[][] Rows =
    [
        new float[Features],
        [.. Enumerable.Range(0, Features).Select(i => i == 39 ? -1.5f : 0)],
        [.. Enumerable.Range(0, Features).Select(i => i % 9 == 4 ? i / 20f : 0)],
        [.. Enumerable.Range(0, Features).Select(i => (i - 20) / 20f)],
    ];

    /// <summary>Rows of zeros, of one feature, of some, and of all.</summary>
    [Test]
    public void WriteForRow_OfSparseFeatures_GivesTheOutputsOfPlainLoops(
        [Values] MlpTask task, [Values("5,6", "5", "")] string hidden, [Values(1, 3)] int members)
    {
        var mlp = Create(task, hidden, members);
        var model = OnnxMlpWriter.WriteForRow(mlp);

        foreach (var row in Rows)
        {
            var outputs = BareOnnx.Run(model, "Features", row);
            var plain = PlainNetwork.Logits(mlp.Parameters, row);

            // Without their softmax the logits of classes may differ by a constant.
            var shift = task == MlpTask.Multiclass ? outputs[0] - plain[0] : 0;
            Assert.That(outputs.Select(output => output - shift), Is.EqualTo(plain).Within(2e-5));
        }
    }

    /// <summary>The first layer in front, computed here in plain loops, then the graph of the others.</summary>
    [Test]
    public void WriteAfterFirstLayer_OfItsOutputs_GivesTheOutputsOfTheWhole(
        [Values] MlpTask task, [Values("5,6", "5", "")] string hidden, [Values(1, 3)] int members)
    {
        var mlp = Create(task, hidden, members);
        var layers = mlp.Parameters.Members.Select(member => member.Layers[0]).ToArray();
        foreach (var row in Rows)
        {
            float[] units = [.. layers.SelectMany(layer => Outputs(layer, row))];

            var outputs = BareOnnx.Run(OnnxMlpWriter.WriteAfterFirstLayer(mlp, units.Length), "Features", units);

            Assert.That(outputs, Is.EqualTo(BareOnnx.Run(OnnxMlpWriter.WriteForRow(mlp), "Features", row)).Within(2e-5));
        }
    }

    [Test]
    public void TryRead_OfASavedModel_GivesItBack(
        [Values] MlpTask task, [Values("5,6", "5", "")] string hidden, [Values(1, 3)] int members)
    {
        var mlp = Create(task, hidden, members);

        var read = OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForRow(mlp))!;

        Assert.That(read.HasSparseFeatures);
        Assert.That(read.Parameters.Architecture, Is.EqualTo(mlp.Parameters.Architecture));
        Assert.That(read.Parameters.ComputeHash(), Is.EqualTo(mlp.Parameters.ComputeHash()));
        Assert.That(read.Properties, Is.Empty);
        Assert.That(OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForExport(mlp)), Is.Null);
    }

    /// <summary>A million weights that float16 holds: two bytes for each, and the same bits when they are read.</summary>
    [Test]
    public void TryRead_OfHalves_GivesTheSameBits([Values] bool isSparse)
    {
        var mlp = Large(weight: 0.5f) with { HasSparseFeatures = isSparse };
        var bytes = OnnxMlpWriter.WriteForRow(mlp);

        var read = OnnxMlpReader.TryRead(bytes)!;

        Assert.That(bytes, Has.Length.InRange(2 << 20, (2 << 20) + 20_000));
        Assert.That(read.Parameters.ComputeHash(), Is.EqualTo(mlp.Parameters.ComputeHash()));
        float[] row = [.. Enumerable.Range(0, 1 << 14).Select(i => i % 1_000 == 7 ? 1f : 0)];
        Assert.That(
            BareOnnx.Run(bytes, "Features", row),
            Is.EqualTo(BareOnnx.Run(OnnxMlpWriter.WriteForRow(mlp with { HasSparseFeatures = !isSparse }), "Features", row)).Within(1e-6));
    }

    [Test]
    public void WriteForRow_OfAWeightThatFloat16DoesNotHold_TakesFourBytes([Values(0.1f, 70_000f, 1e-9f)] float weight) =>
        Assert.That(OnnxMlpWriter.WriteForRow(Large(weight)), Has.Length.GreaterThan(4 << 20));

    [Test]
    public void TryRead_OfDamagedSparseWeights_SaysWhatWasFound()
    {
        var model = OnnxMlpWriter.BuildForRow(Create(MlpTask.Binary, "5", members: 1));
        model.Graph.Initializer.Single(tensor => tensor.Name.EndsWith("transposed", StringComparison.Ordinal)).Dims[0] = 7;

        Assert.That(
            () => OnnxMlpReader.TryRead(model.ToByteArray()),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'layers.0.weight.transposed' has 800 bytes, but 35 floats"));
    }

    [Test]
    public void TryRead_OfASparseModelThatSaysItIsDense_IsRefused()
    {
        var model = OnnxMlpWriter.BuildForRow(Create(MlpTask.Binary, "5", members: 1));
        model.MetadataProps.Remove(model.MetadataProps.Single(entry => entry.Key == OnnxMlpWriter.SparseFeaturesProperty));

        Assert.That(() => OnnxMlpReader.TryRead(model.ToByteArray()), Throws.TypeOf<InvalidDataException>());
    }

    private static OnnxMlp Create(MlpTask task, string hidden, int members)
    {
        var units = hidden.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
        var classes = task == MlpTask.Multiclass ? 4 : 1;
        var architecture = new MlpArchitecture(Features, units, classes, MlpActivation.Relu, task);
        var parameters = members == 1 ? Networks.Random(architecture, seed: 1) : Networks.RandomEnsemble(architecture, members, seed: 1);
        var output = task == MlpTask.Multiclass ? new OnnxOutput("Logits", new float[classes], 1) : new OnnxOutput("Logits");
        return new OnnxMlp(parameters, "Features", output, new Dictionary<string, string>()) { HasSparseFeatures = true };
    }

    /// <summary>A network whose first layer has 2²⁰ weights, all but one of them powers of two.</summary>
    private static OnnxMlp Large(float weight)
    {
        const int Inputs = 1 << 14;
        const int Units = 64;
        float[] weights = [.. Enumerable.Range(0, Inputs * Units).Select(i => i % 3 == 0 ? 0.25f : -0.125f)];
        weights[7] = weight;
        var model = MlpModelParameters.FromLayers(
            [
                new MlpLayerParameters(new MlpLayerShape(Inputs, Units), weights, new float[Units]),
                new MlpLayerParameters(new MlpLayerShape(Units, 1), [.. Enumerable.Range(0, Units).Select(i => i / 64f)], [1]),
            ],
            encoding: null,
            MlpActivation.Tanh,
            MlpTask.Regression);
        return new OnnxMlp(model, "Features", new OnnxOutput("Logits"), new Dictionary<string, string>());
    }

    private static IEnumerable<float> Outputs(MlpLayerParameters layer, float[] row)
    {
        var (weights, biases) = (layer.Weights.ToArray(), layer.Biases.ToArray());
        for (var unit = 0; unit < biases.Length; unit++)
        {
            var sum = (double)biases[unit];
            for (var i = 0; i < row.Length; i++)
            {
                sum += weights[(unit * row.Length) + i] * row[i];
            }

            yield return (float)sum;
        }
    }
}
