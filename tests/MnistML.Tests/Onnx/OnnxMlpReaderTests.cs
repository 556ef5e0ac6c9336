using Google.Protobuf;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Onnx;

internal sealed class OnnxMlpReaderTests
{
    private static readonly OnnxMlp Example = new(
        Networks.Random(new MlpArchitecture(3, [5], 4, MlpActivation.Gelu), seed: 1),
        "Features",
        new OnnxOutput("Logits", [1, 2, 3, 4], 0.5f),
        new Dictionary<string, string> { ["a"] = "b" });

    /// <summary>Changes of one field each, and whether anything is left of the network that could be meant.</summary>
    private static IEnumerable<TestCaseData> Changes()
    {
        yield return Change("IrVersion", model => model.IrVersion++);
        yield return Change("Producer", model => model.ProducerName = "");
        yield return Change("OperatorSet", model => model.OpsetImport[0].Version--);
        yield return Change("Activation", model => model.MetadataProps[0].Value = "Relu");
        yield return Change("ActivationUnknown", model => model.MetadataProps[0].Value = "99");
        yield return Change("ActivationMissing", model => model.MetadataProps.RemoveAt(0));
        yield return Change("PropertyTwice", model => model.MetadataProps.Add(model.MetadataProps[1].Clone()));
        yield return Change("GraphName", model => model.Graph.Name = "x");
        yield return Change("NoGraph", model => model.Graph = null);
        yield return Change("SecondInput", model => model.Graph.Input.Add(model.Graph.Input[0].Clone()));
        yield return Change("NoOutput", model => model.Graph.Output.Clear());
        yield return Change("InputName", model => model.Graph.Input[0].Name = "x");
        yield return Change("OutputName", model => model.Graph.Output[0].Name = "x");
        yield return Change("InputSize", model => model.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue++);
        yield return Change("OutputType", model => model.Graph.Output[0].Type.TensorType.ElemType = 7);
        yield return Change("NodeMissing", model => model.Graph.Node.RemoveAt(1));
        yield return Change("NodeTwice", model => model.Graph.Node.Add(model.Graph.Node[1].Clone()));
        yield return Change("Operator", model => model.Graph.Node[0].OpType = "Loop");
        yield return Change("NodeInput", model => model.Graph.Node[0].Input[0] = "x");
        yield return Change("Attribute", model => model.Graph.Node[0].Attribute[0].I = 0);
        yield return Change("AttributeGraph", model => model.Graph.Node[0].Attribute[0].G = new GraphProto());
        yield return Change("ConstantMissing", model => model.Graph.Initializer.RemoveAt(0));
        yield return Change("ConstantTwice", model => model.Graph.Initializer.Add(model.Graph.Initializer[0].Clone()));
        foreach (var name in Model().Graph.Initializer.Select(tensor => tensor.Name))
        {
            yield return Change($"{name}.Dims", model => Constant(model, name).Dims.Add(1));
            yield return Change($"{name}.HugeDims", model => Constant(model, name).Dims.Add(long.MaxValue));
            yield return Change($"{name}.Type", model => Constant(model, name).DataType = 11);
            yield return Change(
                $"{name}.Cut", model => Constant(model, name).RawData = ByteString.CopyFrom(Constant(model, name).RawData.Span[1..]));
            yield return Change($"{name}.Empty", model => Constant(model, name).RawData = ByteString.Empty);
            yield return Change($"{name}.Name", model => Constant(model, name).Name += "x");
        }
    }

    [Test]
    public void TryRead_OfAnExportedNetwork_IsNullUnlessItWasAltered()
    {
        var exported = OnnxMlpWriter.BuildForExport(Example);
        var altered = exported.Clone();
        altered.Graph.Node[0].OpType = "Loop";

        Assert.That(OnnxMlpReader.TryRead(exported.ToByteArray()), Is.Null);
        Assert.That(() => OnnxMlpReader.TryRead(altered.ToByteArray()), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void TryRead_OfWhatWasWritten_GivesItBack()
    {
        var read = OnnxMlpReader.TryRead(OnnxMlpWriter.WriteForRow(Example))!;

        Assert.That(read.InputName, Is.EqualTo("Features"));
        Assert.That(read.Properties, Is.EqualTo(Example.Properties));
        Assert.That(read.Output.Name, Is.EqualTo("Logits"));
        Assert.That(read.Output.Offsets, Is.EqualTo(Example.Output.Offsets));
        Assert.That(read.Output.Scale, Is.EqualTo(0.5f));
        Assert.That(read.Parameters.Architecture, Is.EqualTo(Example.Parameters.Architecture));
        Assert.That(OnnxMlpWriter.WriteForRow(read), Is.EqualTo(OnnxMlpWriter.WriteForRow(Example)));
    }

    [TestCaseSource(nameof(Changes))]
    public void TryRead_OneFieldAltered_IsRefused(Action<ModelProto> change)
    {
        var model = Model();
        change(model);

        Assert.That(
            () => OnnxMlpReader.TryRead(model.ToByteArray()),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("the ONNX model"));
    }

    [Test]
    public void TryRead_ModelOfAnother_IsNull()
    {
        var model = new ModelProto { ProducerName = "pytorch", Graph = new GraphProto { Name = "main_graph" } };

        Assert.That(OnnxMlpReader.TryRead(model.ToByteArray()), Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void TryRead_ExternalData_IsRefusedWhosesoeverModelItIs(bool isOurs)
    {
        var model = Model();
        model.Graph.Initializer[1].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "/etc/passwd" });
        if (!isOurs)
        {
            model.ProducerName = "pytorch";
            model.MetadataProps.Clear();
        }

        Assert.That(
            () => OnnxMlpReader.TryRead(model.ToByteArray()),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"the ONNX model's constant '{model.Graph.Initializer[1].Name}' lies in another file (external_data), "
                + "which is not followed."));
    }

    /// <summary>All places in which a node may have a constant.</summary>
    private static IEnumerable<TestCaseData> NodesWithExternalData()
    {
        var tensor = new TensorProto { Name = "inner", DataLocation = TensorProto.Types.DataLocation.External };
        var inner = GraphWith(new AttributeProto { T = tensor });
        yield return Named("Tensor", new AttributeProto { T = tensor });
        yield return Named("Tensors", new AttributeProto { Tensors = { new TensorProto(), tensor } });
        yield return Named("Graph", new AttributeProto { G = inner });
        yield return Named("Graphs", new AttributeProto { Graphs = { new GraphProto(), inner } });

        static TestCaseData Named(string name, AttributeProto attribute) => new TestCaseData(attribute).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(NodesWithExternalData))]
    public void TryRead_ExternalDataWithinANode_IsRefused(AttributeProto attribute)
    {
        var model = new ModelProto { Graph = GraphWith(attribute) };

        Assert.That(
            () => OnnxMlpReader.TryRead(model.ToByteArray()),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "the ONNX model's constant 'inner' lies in another file (external_data), which is not followed."));
    }

    private static GraphProto GraphWith(AttributeProto attribute) => new() { Node = { new NodeProto { Attribute = { attribute } } } };

    private static IEnumerable<TestCaseData> ChangesWithMessages()
    {
        yield return Change("NoGraph", model => model.Graph = null, " has no graph.");
        yield return Change(
            "SecondInput",
            model => model.Graph.Input.Add(model.Graph.Input[0].Clone()),
            "'s graph has other than one input, or no output.");
        yield return Change("NoOutput", model => model.Graph.Output.Clear(), "'s graph has other than one input, or no output.");
        yield return Change(
            "Activation",
            model => model.MetadataProps[0].Value = "99",
            "'s activation is '99', but must be one of Relu, LeakyRelu, Gelu, Silu, Tanh, Sigmoid.");
        yield return Change(
            "NoLayers", model => Weights(model, 0).Name += "x", " has 0 layers, which don't make a network.");
        yield return Change("Layers", Widen, " has 2 layers, which don't make a network.");
        yield return Change("Dims", model => Weights(model, 0).Dims.Add(1), "'s weights of layer 0 have the shape [5, 3, 1].");
        yield return Change("NegativeDims", model => Weights(model, 1).Dims[0] = -4, "'s weights of layer 1 have the shape [-4, 5].");
        yield return Change(
            "HugeDims", model => Weights(model, 1).Dims[1] = 1L << 31, "'s weights of layer 1 have the shape [4, 2147483648].");
        yield return Change(
            "Cut",
            model => Bias(model).RawData = ByteString.CopyFrom(Bias(model).RawData.Span[1..]),
            "'s constant 'layers.0.bias' has 19 bytes, but 5 floats were expected.");
        yield return Change(
            "Longer",
            model => Bias(model).RawData = ByteString.CopyFrom([.. Bias(model).RawData.Span, 0, 0, 0, 0]),
            "'s constant 'layers.0.bias' has 24 bytes, but 5 floats were expected.");
        yield return Change(
            "OtherNode",
            model => model.Graph.Node[0].OpType = "Loop",
            " holds something else than a network as this version of MnistML saves it.");

        static TestCaseData Change(string name, Action<ModelProto> change, string message) =>
            new TestCaseData(change, $"the ONNX model{message}").SetArgDisplayNames(name);

        static TensorProto Weights(ModelProto model, int layer) => Constant(model, $"Features/layers.{layer}.weight");

        static TensorProto Bias(ModelProto model) => Constant(model, "Features/layers.0.bias");

        // The second layer would take six values, and the first gives five.
        static void Widen(ModelProto model)
        {
            Weights(model, 1).Dims[1] = 6;
            Weights(model, 1).RawData = ByteString.CopyFrom(new byte[4 * 6 * sizeof(float)]);
        }
    }

    [TestCaseSource(nameof(ChangesWithMessages))]
    public void TryRead_OfADamagedModel_SaysWhatWasFound(Action<ModelProto> change, string message)
    {
        var model = Model();
        change(model);

        Assert.That(
            () => OnnxMlpReader.TryRead(model.ToByteArray()), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
    }

    [Test]
    public void TryRead_OfOtherBytes_SaysThatTheyAreNoModel() => Assert.That(
        () => OnnxMlpReader.TryRead([0xFF, 0xFF, 0xFF]),
        Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("the ONNX model can't be read: ")
            .And.InnerException.TypeOf<InvalidProtocolBufferException>());

    /// <summary>One that has lost its producer's name is still known by its properties.</summary>
    [Test]
    public void TryRead_WithoutProducerOrProperties_KnowsItByTheOther()
    {
        var (withoutProducer, withoutProperties) = (Model(), Model());
        withoutProducer.ProducerName = "";
        withoutProperties.MetadataProps.Clear();

        Assert.That(() => OnnxMlpReader.TryRead(withoutProducer.ToByteArray()), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => OnnxMlpReader.TryRead(withoutProperties.ToByteArray()), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void TryRead_EachCutModel_IsRefused()
    {
        // Without its last property, which is its last field, a model is as whole as with it; the length in front of it in an archive tells
        // them apart.
        var bytes = OnnxMlpWriter.WriteForRow(Example);
        var withoutProperty = OnnxMlpWriter.WriteForRow(Example with { Properties = new Dictionary<string, string>() }).Length;
        foreach (var length in Enumerable.Range(0, bytes.Length).Where(length => length != withoutProperty))
        {
            Assert.That(() => OnnxMlpReader.TryRead(bytes[..length]), Throws.TypeOf<InvalidDataException>(), $"{length} bytes");
        }
    }

    private static ModelProto Model() => OnnxMlpWriter.BuildForRow(Example);

    private static TensorProto Constant(ModelProto model, string name) => model.Graph.Initializer.First(tensor => tensor.Name == name);

    private static TestCaseData Change(string name, Action<ModelProto> change) => new TestCaseData(change).SetArgDisplayNames(name);
}
