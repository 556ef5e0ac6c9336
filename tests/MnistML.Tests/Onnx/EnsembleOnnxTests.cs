using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Onnx;

/// <summary>Ensembles and encodings as ONNX models: what ONNX Runtime gives for them, and what reads back.</summary>
internal sealed class EnsembleOnnxTests
{
    private const int RowCount = 70;
    private const int FeatureCount = 3;

    private static readonly MlpEncoding Encoding = Networks.Encoding(FeatureCount);

    /// <summary>Few outputs are one product for all members, and many are one for each.</summary>
    [Test]
    public void WriteForBatches_OfAnEnsemble_GivesTheOutputsOfPlainLoops(
        [Values] MlpTask task, [Values("5,6", "5", "")] string hidden, [Values(4, 20)] int classes)
    {
        var mlp = Create(task, members: 3, Encoding, hidden, classes);

        var outputs = RunAll(OnnxMlpWriter.WriteForBatches(mlp), RowCount);

        for (var row = 0; row < RowCount; row++)
        {
            var plain = PlainNetwork.Logits(mlp.Parameters, Features(row));
            // Without their softmax the logits of classes may differ by a constant.
            var shift = task == MlpTask.Multiclass ? outputs[row][0] - plain[0] : 0;
            Assert.That(outputs[row].Select(output => output - shift), Is.EqualTo(plain).Within(2e-5), $"row {row}");
        }
    }

    /// <summary>As wide as the networks that tables get, where other kernels than for small ones compute.</summary>
    [Test]
    public void WriteForBatches_OfAnyNumberOfRows_GivesTheBitsOfSingleRows([Values] MlpTask task, [Values(1, 8)] int members)
    {
        var mlp = Create(task, members, Encoding, "128,128");
        var single = RunAll(OnnxMlpWriter.WriteForRow(mlp), rowsInRun: 1);

        foreach (var rowsInRun in (int[])[1, 2, 7, 35, RowCount])
        {
            Assert.That(RunAll(OnnxMlpWriter.WriteForBatches(mlp), rowsInRun), Is.EqualTo(single), $"{rowsInRun} rows");
        }
    }

    [Test]
    public void TryRead_OfASavedModel_GivesItBack(
        [Values] MlpTask task,
        [Values(1, 3)] int members,
        [Values] bool isEncoded,
        [Values("5,6", "5", "")] string hidden,
        [Values(4, 20)] int classes)
    {
        var mlp = Create(task, members, isEncoded ? Encoding : null, hidden, classes);

        var read = OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForRow(mlp))!;

        Assert.That(read.Parameters.Architecture, Is.EqualTo(mlp.Parameters.Architecture));
        Assert.That(read.Parameters.Encoding, Is.EqualTo(mlp.Parameters.Encoding));
        Assert.That(read.Parameters.ComputeHash(), Is.EqualTo(mlp.Parameters.ComputeHash()));
        Assert.That(read.Properties, Is.Empty);
        Assert.That(OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForExport(mlp)), Is.Null);
    }

    [Test]
    public void TryRead_OfADamagedEnsemble_SaysWhatWasFound()
    {
        var model = OnnxMlpWriter.BuildForRow(Create(MlpTask.Multiclass, members: 3, Encoding, "5,6"));

        AssertRefused(
            "the ONNX model's first layer has 15 units, which 2 members can't share.",
            damaged => damaged.MetadataProps.Single(entry => entry.Key == OnnxMlpWriter.MembersProperty).Value = "2");
        AssertRefused(
            "the ONNX model has '-3' members, but must have a number above 1.",
            damaged => damaged.MetadataProps.Single(entry => entry.Key == OnnxMlpWriter.MembersProperty).Value = "-3");
        AssertRefused(
            "the ONNX model's constant 'encoding.high' has 8 bytes, but 3 floats were expected.",
            damaged => Constant(damaged, OnnxConstantNames.HighName).RawData = ByteString.CopyFrom(new byte[8]));
        AssertRefused(
            "the ONNX model's encoding can't be used: column 3 of the encoding is feature 0 from 0.125 to -1,",
            damaged => Constant(damaged, OnnxConstantNames.HighName).RawData = ByteString.CopyFrom(
                [.. BitConverter.GetBytes(0f), .. BitConverter.GetBytes(-1f), .. BitConverter.GetBytes(1f)]));
        AssertRefused(
            "the ONNX model's members have the sizes 3(5)-5-6-4, 3(5)-5, 3(5)-5-6-4, but all must have the same.",
            damaged => damaged.Graph.Initializer.Remove(Constant(damaged, OnnxConstantNames.WeightsName(1, member: 1))));
        AssertRefused(
            "the ONNX model's last layer has 18 inputs and 11 outputs, which 3 members can't share.",
            damaged =>
            {
                Constant(damaged, OnnxConstantNames.WeightsName(2)).Dims[0] = 11;
                Constant(damaged, OnnxConstantNames.WeightsName(2)).RawData = ByteString.CopyFrom(new byte[11 * 18 * sizeof(float)]);
                Constant(damaged, OnnxConstantNames.BiasesName(2)).RawData = ByteString.CopyFrom(new byte[11 * sizeof(float)]);
            });

        void AssertRefused(string message, Action<ModelProto> damage)
        {
            var damaged = model.Clone();
            damage(damaged);
            Assert.That(
                () => OnnxMlpReader.TryRead(damaged.ToByteArray()), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message));
        }

        static TensorProto Constant(ModelProto model, string name) =>
            model.Graph.Initializer.Single(tensor => tensor.Name == OnnxGraphBuilder.ConstantName("Features", name));
    }

    private static OnnxMlp Create(MlpTask task, int members, MlpEncoding? encoding, string hidden, int classes = 4)
    {
        var architecture = new MlpArchitecture(
            FeatureCount,
            hidden.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse),
            task == MlpTask.Multiclass ? classes : 1,
            MlpActivation.Relu,
            task,
            memberCount: 1,
            encoding?.Columns.Count);
        var model = members == 1
            ? Networks.Random(architecture, seed: 3, encoding)
            : Networks.RandomEnsemble(architecture, members, seed: 3, encoding);
        return new OnnxMlp(
            model,
            "Features",
            task == MlpTask.Multiclass ? new OnnxOutput("Logits", new float[classes], Scale: 1) : new OnnxOutput("Logits"),
            new Dictionary<string, string>());
    }

    private static float[] Features(int row) => [.. Enumerable.Range(0, FeatureCount).Select(i => (((row * 7) + (i * 3)) % 23 / 10f) - 1)];

    private static List<float[]> RunAll(byte[] model, int rowsInRun)
    {
        using var session = new InferenceSession(model);
        var outputs = new List<float[]>();
        for (var start = 0; start < RowCount; start += rowsInRun)
        {
            var count = Math.Min(rowsInRun, RowCount - start);
            float[] values = [.. Enumerable.Range(start, count).SelectMany(Features)];
            using var result = session.Run(
                [NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(values, [count, FeatureCount]))]);
            outputs.AddRange(result.Single().AsEnumerable<float>().Chunk(result.Single().AsTensor<float>().Dimensions[^1]));
        }

        return outputs;
    }
}
