using System.Text.Json;
using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.OnnxExport;

/// <summary>Exported pipelines before ONNX's own checker, which knows nothing of what wrote them.</summary>
[NeedsPython("onnx")]
internal sealed class OnnxCheckerTests
{
    private const string Reader = """
        import json, sys
        import onnx
        from onnx import checker, shape_inference

        def describe(value):
            tensor = value.type.tensor_type
            shape = [dimension.dim_param or dimension.dim_value for dimension in tensor.shape.dim]
            return '%s: %s %s' % (value.name, onnx.TensorProto.DataType.Name(tensor.elem_type), shape)

        model = onnx.load(sys.argv[1])
        checker.check_model(model, full_check=True)
        names = [name for node in model.graph.node for name in node.output]
        names += [constant.name for constant in model.graph.initializer] + [value.name for value in model.graph.input]
        assert len(set(names)) == len(names), 'names clash'
        used = {name for node in model.graph.node for name in node.input} | {value.name for value in model.graph.output}
        assert all(used & set(node.output) for node in model.graph.node), 'a node leads to no output'
        assert all(constant.name in used for constant in model.graph.initializer), 'a constant leads to no output'
        print(json.dumps(dict(
            Version='%s, IR %d, operator sets %s' % (
                model.producer_name, model.ir_version, [(s.domain, s.version) for s in model.opset_import]),
            Declared=[describe(value) for value in [*model.graph.input, *model.graph.output]],
            Metadata={entry.key: entry.value for entry in model.metadata_props})))
        """;

    private readonly MLContext _mlContext = new(seed: 1);

    private static readonly Dictionary<string, string[]> Declared = new()
    {
        [PassengerPipeline.Plans] =
        [
            "Age: FLOAT ['rows', 1]", "Income: FLOAT ['rows', 1]", "Distance: DOUBLE ['rows', 1]", "Visits: INT32 ['rows', 1]",
            "City: STRING ['rows', 1]", "Note: STRING ['rows', 1]", "IsMember: BOOL ['rows', 1]", "Sizes: FLOAT ['rows', 3]",
            "PredictedLabel: STRING ['rows']", "Score: FLOAT ['rows', 3]",
        ],
        [PassengerPipeline.Zones] =
        [
            "Age: FLOAT ['rows', 1]", "Income: FLOAT ['rows', 1]", "City: STRING ['rows', 1]", "PredictedLabel: INT32 ['rows']",
            "Score: FLOAT ['rows', 3]",
        ],
        [PassengerPipeline.Churn] =
        [
            "Age: FLOAT ['rows', 1]", "Income: FLOAT ['rows', 1]", "City: STRING ['rows', 1]", "PredictedLabel: BOOL ['rows']",
            "Score: FLOAT ['rows']", "Probability: FLOAT ['rows']",
        ],
        [PassengerPipeline.Spend] =
        [
            "Age: FLOAT ['rows', 1]", "Income: FLOAT ['rows', 1]", "City: STRING ['rows', 1]", "Score: FLOAT ['rows']",
        ],
    };

    private static IEnumerable<string> Pipelines => Declared.Keys;

    [TestCaseSource(nameof(Pipelines))]
    public void SaveAsOnnx_OfAPipeline_IsValid(string pipeline)
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("pipeline.onnx");
        var model = PassengerPipeline.Fit(_mlContext, pipeline, rows: 200);
        _mlContext.Model.SaveAsOnnx(model, _mlContext.Data.LoadFromEnumerable(Passenger.Test(50)), path);

        var facts = JsonSerializer.Deserialize<OnnxFacts>(Python.Run(Reader, path))!;

        Assert.That(facts.Declared, Is.EqualTo(Declared[pipeline]));
        Assert.That(facts.Version, Does.StartWith("MnistML, IR 8, operator sets [('', 12), ('ai.onnx.ml', 2)"));
        Assert.That(facts.Metadata["mnistml.pipeline"], Is.EqualTo("true"));
        Assert.That(facts.Metadata, Does.ContainKey("mnistml.options").And.ContainKey("mnistml.final_metrics"));
        if (pipeline == PassengerPipeline.Plans)
        {
            Assert.That(facts.Metadata["mnistml.class_names"], Does.Contain("\"basic\""));
        }
    }

    private sealed record OnnxFacts(string Version, string[] Declared, Dictionary<string, string> Metadata);
}
