using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MnistML.Model;
using MnistML.Tests.Support;

namespace MnistML.Tests.Interop;

/// <summary>
/// Exported models before an independent reader: ONNX's own checker and shape inference, and each operator as its specification has it, in
/// NumPy.
/// </summary>
[NeedsPython("numpy", "onnx")]
internal sealed class OnnxPythonTests
{
    /// <summary>For each model prints what it says of itself, and labels and scores of the rows beside it.</summary>
    private const string Reader = """
        import json, math, sys
        import numpy, onnx
        from onnx import checker, numpy_helper, shape_inference

        def gemm(a, b, c, alpha=1.0, beta=1.0, transA=0, transB=0):
            return numpy.float32(alpha) * numpy.matmul(a.T if transA else a, b.T if transB else b) + numpy.float32(beta) * c

        def softmax(x, axis=-1):
            powers = numpy.exp(x - x.max(axis=axis, keepdims=True))
            return powers / powers.sum(axis=axis, keepdims=True)

        def argmax(x, axis=0, keepdims=1, select_last_index=0):
            assert not select_last_index
            index = numpy.argmax(x, axis=axis)
            return numpy.expand_dims(index, axis) if keepdims else index

        operators = {
            'Gemm': gemm, 'Softmax': softmax, 'ArgMax': argmax,
            'Relu': lambda x: numpy.maximum(x, 0),
            'LeakyRelu': lambda x, alpha=0.01: numpy.where(x < 0, numpy.float32(alpha) * x, x),
            'Sigmoid': lambda x: 1 / (1 + numpy.exp(-x)),
            'Tanh': numpy.tanh,
            'Erf': lambda x: numpy.vectorize(math.erf)(x).astype(x.dtype),
            'Gather': lambda x, index, axis=0: numpy.take(x, index, axis=axis),
            'Clip': lambda x, low, high: numpy.clip(x, low, high),
            'Concat': lambda *parts, axis: numpy.concatenate(parts, axis=axis),
            'Split': lambda x, axis=0: numpy.split(x, len(node.output), axis=axis),
            'Reshape': lambda x, shape: x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape)]),
            'LogSoftmax': lambda x, axis=-1: numpy.log(softmax(x, axis)),
            'ReduceLogSumExp': lambda x, axes, keepdims=1:
                numpy.log(numpy.exp(x).sum(axis=tuple(axes), keepdims=bool(keepdims))),
            'Add': numpy.add, 'Sub': numpy.subtract, 'Mul': numpy.multiply, 'Div': numpy.divide,
        }

        def describe(value):
            tensor = value.type.tensor_type
            shape = [dimension.dim_param or dimension.dim_value for dimension in tensor.shape.dim]
            return '%s: %s %s' % (value.name, onnx.TensorProto.DataType.Name(tensor.elem_type), shape)

        for path in sys.argv[1:]:
            model = onnx.load(path)
            checker.check_model(model, full_check=True)
            declared = [describe(value) for value in [*model.graph.input, *model.graph.output]]
            for output in model.graph.output:
                output.type.tensor_type.ClearField('shape')
            inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True).graph
            values = {constant.name: numpy_helper.to_array(constant) for constant in model.graph.initializer}
            values[model.graph.input[0].name] = numpy.array(json.load(open(path + '.json')), dtype=numpy.float32)
            for node in model.graph.node:
                assert node.domain == ''
                attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
                result = operators[node.op_type](*[values[name] for name in node.input], **attributes)
                values.update(zip(node.output, result if len(node.output) > 1 else [result]))
            label, score = [values[output.name] for output in model.graph.output]
            assert score.dtype == numpy.float32
            print(json.dumps(dict(
                Version='%s, IR %d, operator sets %s' % (
                    model.producer_name, model.ir_version, [(s.domain, s.version) for s in model.opset_import]),
                Declared=declared,
                Inferred=[describe(value) for value in [*inferred.input, *inferred.output]],
                Metadata={entry.key: entry.value for entry in model.metadata_props},
                Labels=label.tolist(), Scores=score.tolist())))
        """;

    private static readonly int[][] HiddenLayers = [[], [5], [5, 6]];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void SaveAsOnnx_AnyActivation_IsValidAndGivesTheSameScores([Values] MlpActivation activation)
    {
        var mlContext = new MLContext(seed: 1);
        var rows = Example.Seven();
        var source = mlContext.Data.LoadFromEnumerable(rows);
        var data = mlContext.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(source).Transform(source);
        var models = HiddenLayers.Select((layers, i) => ScoringCase.CreateTransformer(
            mlContext, Networks.Random(new MlpArchitecture(3, layers, 4, activation), seed: i), data.Schema)).ToArray();
        string[] paths = [.. models.Select((_, i) => _folder.PathOf($"{i}.onnx"))];
        for (var i = 0; i < models.Length; i++)
        {
            models[i].SaveAsOnnx(paths[i]);
            File.WriteAllText($"{paths[i]}.json", JsonSerializer.Serialize(rows.Select(row => row.Features)));
        }

        var read = Python.Run(Reader, paths).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<OnnxFacts>(line)!).ToArray();

        Assert.That(read, Has.Length.EqualTo(models.Length));
        foreach (var (model, facts) in models.Zip(read))
        {
            var scored = model.Transform(data);
            Assert.That(facts.Version, Is.EqualTo("MnistML, IR 8, operator sets [('', 17)]"));
            Assert.That(facts.Declared, Is.EqualTo(
                new[] { "Features: FLOAT ['rows', 3]", "PredictedLabel: INT64 ['rows']", "Score: FLOAT ['rows', 4]" }));
            Assert.That(facts.Inferred, Is.EqualTo(facts.Declared));
            Assert.That(facts.Scores, Is.EqualTo(Predictions.Scores(scored)).Within(1e-6));
            Assert.That(facts.Labels, Is.EqualTo(Predictions.Keys(scored).Select(key => key - 1L)));
            model.Dispose();
        }
    }

    [Test]
    public void SaveAsOnnx_OfAnEnsembleWithAnEncoding_IsValidAndGivesTheSameScores([Values(1, 3)] int members)
    {
        var mlContext = new MLContext(seed: 1);
        var rows = Example.Seven();
        var source = mlContext.Data.LoadFromEnumerable(rows);
        var data = mlContext.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(source).Transform(source);
        var encoding = Networks.Encoding(featureCount: 3);
        var architecture = new MlpArchitecture(3, [5, 6], 4, encodedSize: encoding.Columns.Count);
        using var model = ScoringCase.CreateTransformer(
            mlContext,
            members == 1
                ? Networks.Random(architecture, seed: 1, encoding)
                : Networks.RandomEnsemble(architecture, members, seed: 1, encoding),
            data.Schema);
        var path = _folder.PathOf("ensemble.onnx");
        model.SaveAsOnnx(path);
        File.WriteAllText($"{path}.json", JsonSerializer.Serialize(rows.Select(row => row.Features)));

        var facts = JsonSerializer.Deserialize<OnnxFacts>(Python.Run(Reader, path))!;

        Assert.That(facts.Inferred, Is.EqualTo(facts.Declared));
        Assert.That(facts.Scores, Is.EqualTo(Predictions.Scores(model.Transform(data))).Within(1e-6));
    }

    [Test]
    public void SaveAsOnnx_TrainedModel_TellsWhereItComesFrom()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, rows: 30);
        var examples = mlContext.Data.LoadFromEnumerable(Example.Seven());
        var schema = mlContext.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(examples).GetOutputSchema(examples.Schema);
        var options = new MlpTrainer.Options
        {
            HiddenLayers = [4],
            MaxEpochs = 2,
            Seed = 3,
            CheckpointPath = _folder.PathOf("secret-place"),
        };
        using var trained = new MlpTrainer(mlContext, options).Fit(data);
        using var named = new MlpTransformer(
            (IHostEnvironment)mlContext,
            Networks.Random(new MlpArchitecture(3, [], 4), seed: 1),
            new MlpMetadata(),
            schema["Features"],
            schema["Label"]);
        string[] paths = [_folder.PathOf("trained.onnx"), _folder.PathOf("named.onnx")];
        trained.SaveAsOnnx(paths[0]);
        named.SaveAsOnnx(paths[1]);
        File.WriteAllText($"{paths[0]}.json", "[[0, 1]]");
        File.WriteAllText($"{paths[1]}.json", "[[0, 1, 2]]");

        var read = Python.Run(Reader, paths).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<OnnxFacts>(line)!.Metadata).ToArray();

        var recorded = JsonSerializer.Deserialize<Dictionary<string, string>>(read[0]["mnistml.options"])!;
        var metrics = JsonSerializer.Deserialize<Dictionary<string, double?>>(read[0]["mnistml.final_metrics"])!;
        Assert.That(read[0]["mnistml.version"], Is.EqualTo(MlpMetadata.CurrentVersion));
        Assert.That(recorded["MaxEpochs"], Is.EqualTo("2"));
        Assert.That(recorded["Seed"], Is.EqualTo("3"));
        Assert.That(read[0].Values, Has.None.Contains("secret-place"));
        Assert.That(metrics["epoch"], Is.EqualTo(2));
        Assert.That(metrics["train_loss"], Is.EqualTo(trained.History[^1].TrainLoss));
        Assert.That(read[1]["mnistml.class_names"], Is.EqualTo("""["dog","ant","cat","bee"]"""));
    }

    private sealed record OnnxFacts(
        string Version, string[] Declared, string[] Inferred, Dictionary<string, string> Metadata, long[] Labels, float[][] Scores);
}
