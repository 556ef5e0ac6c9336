using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Onnx;

/// <summary>Networks of one output as ONNX models: what ONNX Runtime gives for them, and what reads back.</summary>
internal sealed class TaskOnnxTests
{
    private const int RowCount = 40;

    private static readonly MlpTask[] Tasks = [MlpTask.Binary, MlpTask.Regression];

    [Test]
    public void WriteForExport_OfARegression_GivesTheOutputOfPlainLoops()
    {
        var mlp = Create(MlpTask.Regression);
        using var session = new InferenceSession(OnnxMlpWriter.WriteForExport(mlp));

        using var outputs = session.Run([Inputs()]);

        Assert.That(session.OutputMetadata.Select(Describe), Is.EqualTo(["Score Single [rows]"]));
        Assert.That(outputs.Single().AsEnumerable<float>(), Is.EqualTo(PlainOutputs(mlp)).Within(1e-5));
    }

    [TestCase(0f)]
    [TestCase(0.75f)]
    [TestCase(-0.3f)]
    public void WriteForExport_OfABinary_GivesLabelLogitAndProbability(float threshold)
    {
        var mlp = Create(MlpTask.Binary) with { Threshold = threshold };
        using var session = new InferenceSession(OnnxMlpWriter.WriteForExport(mlp));

        using var outputs = session.Run([Inputs()]);

        Assert.That(
            session.OutputMetadata.Select(Describe),
            Is.EquivalentTo(["PredictedLabel Boolean [rows]", "Score Single [rows]", "Probability Single [rows]"]));
        var scores = outputs.Single(output => output.Name == "Score").AsEnumerable<float>().ToArray();
        Assert.That(scores, Is.EqualTo(PlainOutputs(mlp)).Within(1e-5));
        Assert.That(
            outputs.Single(output => output.Name == "Probability").AsEnumerable<float>(),
            Is.EqualTo(scores.Select(score => 1 / (1 + Math.Exp(-(double)score)))).Within(1e-6));
        var labels = outputs.Single(output => output.Name == "PredictedLabel").AsEnumerable<bool>().ToArray();
        Assert.That(labels, Is.EqualTo(scores.Select(score => score > threshold)));
        Assert.That(labels, Has.Some.True.And.Some.False);
    }

    [TestCaseSource(nameof(Tasks))]
    public void TryRead_OfASavedModel_GivesItBack(MlpTask task)
    {
        var mlp = Create(task);

        var read = OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForRow(mlp))!;

        Assert.That(read.Parameters.Architecture, Is.EqualTo(mlp.Parameters.Architecture));
        Assert.That(read.Parameters.ComputeHash(), Is.EqualTo(mlp.Parameters.ComputeHash()));
        Assert.That((read.InputName, read.Output.Name, read.Threshold), Is.EqualTo(("Features", "Logits", 0f)));
        Assert.That(read.Properties, Is.Empty);
    }

    [TestCase(0.1f)]
    [TestCase(-1e-30f)]
    [TestCase(float.NegativeInfinity)]
    public void TryRead_OfAThreshold_GivesItBack(float threshold) => Assert.That(
        OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForRow(Create(MlpTask.Binary) with { Threshold = threshold }))!.Threshold,
        Is.EqualTo(threshold));

    [TestCaseSource(nameof(Tasks))]
    public void TryRead_OfAnExportedModel_IsNull(MlpTask task) => Assert.That(
        OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForExport(Create(task) with { Threshold = task == MlpTask.Binary ? 2 : 0 })), Is.Null);

    [TestCase(OnnxMlpWriter.TaskProperty, "Ranking", "task is 'Ranking', but must be one of Multiclass, Binary, Regression.")]
    [TestCase(OnnxMlpWriter.TaskProperty, "7", "task is '7', but must be one of Multiclass, Binary, Regression.")]
    [TestCase(OnnxMlpWriter.ThresholdProperty, "high", "threshold is 'high', but must be a number.")]
    [TestCase(OnnxMlpWriter.ThresholdProperty, "NaN", "threshold is 'NaN', but must be a number.")]
    public void TryRead_OfAPropertyThatCannotBe_SaysSo(string property, string value, string expected)
    {
        var model = OnnxMlpWriter.BuildForRow(Create(MlpTask.Binary) with { Threshold = 1 });
        model.MetadataProps.Single(entry => entry.Key == property).Value = value;

        Assert.That(
            () => OnnxMlpReader.TryRead(Google.Protobuf.MessageExtensions.ToByteArray(model)),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo($"the ONNX model's {expected}"));
    }

    [Test]
    public void TryRead_OfATaskForSeveralOutputs_SaysSo()
    {
        var parameters = Networks.Random(new MlpArchitecture(3, [4], 2), seed: 1);
        var model = OnnxMlpWriter.BuildForRow(
            new OnnxMlp(parameters, "Features", new OnnxOutput("Logits", [0, 0], 1), new Dictionary<string, string>()));
        model.MetadataProps.Add(new StringStringEntryProto { Key = OnnxMlpWriter.TaskProperty, Value = "Binary" });

        Assert.That(
            () => OnnxMlpReader.TryRead(Google.Protobuf.MessageExtensions.ToByteArray(model)),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("the ONNX model is for Binary, but has 2 outputs instead of one."));
    }

    private static OnnxMlp Create(MlpTask task) => new(
        Networks.Random(new MlpArchitecture(3, [5, 4], 1, MlpActivation.Gelu, task), seed: 2),
        "Features",
        new OnnxOutput("Logits"),
        new Dictionary<string, string>());

    private static float[][] Rows()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, RowCount).Select(_ => Enumerable.Range(0, 3).Select(_ => (8 * random.NextSingle()) - 4).ToArray())];
    }

    private static NamedOnnxValue Inputs() => NamedOnnxValue.CreateFromTensor(
        "Features", new DenseTensor<float>(Rows().SelectMany(row => row).ToArray(), [RowCount, 3]));

    private static IEnumerable<double> PlainOutputs(OnnxMlp mlp) => Rows().Select(row => PlainNetwork.Logits(mlp.Parameters, row)[0]);

    private static string Describe(KeyValuePair<string, NodeMetadata> value) =>
        $"{value.Key} {value.Value.ElementType.Name} [{string.Join(", ", value.Value.SymbolicDimensions)}]";
}
