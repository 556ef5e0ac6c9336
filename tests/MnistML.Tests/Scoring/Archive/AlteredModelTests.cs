using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Model;
using MnistML.Onnx;
using MnistML.Scoring;
using MnistML.Scoring.Archive;
using MnistML.Scoring.Stock;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Archive;

/// <summary>
/// Saved models with altered content, and with checksums and lengths that match it; as ML.NET saves them on Linux, and on Windows.
/// </summary>
[TestFixture('/')]
[TestFixture('\\')]
[NonParallelizable]
public sealed class AlteredModelTests(char separator)
{
    private const string NetworkEntry = "TransformerChain/Transform_000/OnnxModel";

    private ScoringCase _case = null!;
    private byte[] _zip = [];

    [OneTimeSetUp]
    public void Create()
    {
        _case = new ScoringCase();
        using var stream = new MemoryStream();
        _case.MlContext.Model.Save(_case.Transformer, _case.Data.Schema, stream);
        _zip = stream.ToArray();
    }

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void LoadMlp_RepackedArchive_ComputesTheSameScores()
    {
        using var loaded = (MlpTransformer)Load(Zip.Write(Zip.Read(_zip).Reverse()));

        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }

    [TestCase("TransformerChain/Transform_001/TrainSchema")]
    [TestCase("TransformerChain/Transform_001/Model.key")]
    [TestCase("TransformerChain/Transform_001/Model/Model.key")]
    [TestCase("TransformerChain/Transform_001/Model/LabelNames")]
    [TestCase("TransformerChain/Transform_002/Model.key")]
    public void LoadMlp_StageAfterTheNetworkAltered_IsRefused(string path)
    {
        using var temporary = new PrivateTemporaryPath();

        Assert.That(
            () => Load(Zip.Change(_zip, path, WithLastByteChanged)),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: "
                + "the stages in 'TransformerChain/' are not those that were saved with its network."));
        Assert.That(temporary.Names, Is.Empty);
    }

    [Test]
    public void LoadMlp_StageAfterTheNetworkMissing_IsRefused() => Assert.That(
        () => Load(Zip.Write(Zip.Read(_zip).Where(entry => !entry.Path.Contains("Transform_002", StringComparison.Ordinal)))),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "The stream is not a model that can be loaded: "
            + "the stages in 'TransformerChain/' are not those that were saved with its network."));

    [TestCase(1 << 30)]
    [TestCase(-1)]
    public void LoadMlp_ChainOfTheNetworkDeclaresManyStages_IsRefusedBeforeTheyAreAllocated(int count)
    {
        var altered = Zip.Change(_zip, "TransformerChain/Model.key", content =>
        {
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(16))), count);
            return content;
        });
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(
            () => Load(altered),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: "
                + "the stages in 'TransformerChain/' are not those that were saved with its network."));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20));
    }

    /// <summary>The name of a type in ML.NET's format of schemas, which a user's column may have too.</summary>
    [TestCase("VBuffer")]
    [TestCase("\u0007VBuffer")]
    public void LoadMlp_ColumnNamedLikeATypeOfTheFormat_IsLoaded(string name)
    {
        var data = _case.MlContext.Transforms.CopyColumns(name, "Id").Fit(_case.Data).Transform(_case.Data);
        using var stream = new MemoryStream();
        _case.MlContext.Model.Save(_case.Transformer, data.Schema, stream);
        stream.Position = 0;

        using var loaded = (MlpTransformer)new MLContext().Model.LoadMlp(stream, out var schema);

        Assert.That(SchemaText.Of(schema), Is.EqualTo(SchemaText.Of(data.Schema)));
        Assert.That(
            Predictions.Bits(loaded.Transform(data)), Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }

    [Test]
    public void LoadMlp_NetworkNamesAnotherProducer_IsRefused() => Assert.That(
        () => Load(WithNetwork(model => model.ProducerName = "another")),
        Throws.TypeOf<InvalidDataException>().With.Message.EndsWith(
            "the ONNX model holds something else than a network as this version of MnistML saves it."));

    [Test]
    public void LoadMlp_NetworkWithoutAGraph_IsRefusedAndLeavesNoFile()
    {
        using var temporary = new PrivateTemporaryPath();

        Assert.That(
            () => Load(Zip.Change(_zip, NetworkEntry, _ => [0, 0, 0, 0])),
            Throws.TypeOf<InvalidDataException>().With.Message.EndsWith("the ONNX model has no graph."));
        Assert.That(temporary.Names, Is.Empty);
    }

    [Test]
    public void LoadMlp_OtherWeights_IsLoadedAsThatNetwork()
    {
        using var loaded = (MlpTransformer)Load(WithNetwork(model =>
        {
            var biases = model.Graph.Initializer.Single(tensor => tensor.Name == "Features/layers.1.bias");
            biases.RawData = ByteString.CopyFrom(new byte[biases.RawData.Length]);
        }));

        Assert.That(loaded.Model.Layers[1].Biases.ToArray(), Is.EqualTo(new float[4]));
    }

    [TestCase("Features", "Other", "the ONNX model")]
    [TestCase("mnistml.history", "mnistml.elsewhere", "its metadata can't be read")]
    public void LoadMlp_NamesInTheNetworkAltered_IsRefused(string from, string to, string message) => Assert.That(
        () => Load(WithNetwork(model =>
        {
            model.Graph.Input[0].Name = model.Graph.Input[0].Name.Replace(from, to, StringComparison.Ordinal);
            foreach (var entry in model.MetadataProps)
            {
                entry.Key = entry.Key.Replace(from, to, StringComparison.Ordinal);
            }
        })),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains(message));

    [Test]
    public void LoadMlp_AnyByteOfTheFileAltered_IsRefusedOrComputesTheSameScores()
    {
        var expected = Predictions.Bits(_case.Transformer.Transform(_case.Data));
        var zip = Zip.WithSeparator(_zip, separator);
        for (var index = 0; index < zip.Length; index += 13)
        {
            byte[] altered = [.. zip];
            altered[index] ^= 0x10;
            try
            {
                using var loaded = (MlpTransformer)LoadBytes(altered);
                Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(expected), $"byte {index}");
            }
            catch (InvalidDataException error)
            {
                Assert.That(error.Message, Does.StartWith("The stream is not a model that can be loaded: "));
            }
        }
    }

    [TestCase("scale", 0)]
    [TestCase("offsets", 0)]
    [TestCase("offsets", 3)]
    public void LoadMlp_OfANetworkThatDoesNotUndoItsScorer_IsRefused(string constant, int index) => Assert.That(
        () => Load(WithNetwork(model =>
        {
            var tensor = model.Graph.Initializer.Single(tensor => tensor.Name == $"Features/{constant}");
            var bytes = tensor.RawData.ToByteArray();
            bytes[index * sizeof(float)] ^= 1;
            tensor.RawData = ByteString.CopyFrom(bytes);
        })),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "The stream is not a model that can be loaded: its stages do not match its network of 4 classes."));

    [TestCase("""["dog","ant","cat","fox"]""")]
    [TestCase("""["dog","ant","cat"]""")]
    public void LoadMlp_OfOtherClassNames_IsRefused(string names) => Assert.That(
        () => Load(WithNetwork(model => model.MetadataProps.Single(entry => entry.Key == "mnistml.class_names").Value = names)),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "The stream is not a model that can be loaded: its stages do not match its network of 4 classes."));

    [TestCase(new byte[] { 1, 2 }, 2)]
    [TestCase(new byte[] { 9, 0, 0, 0, 1 }, 5)]
    public void LoadMlp_OfANetworkOfAnotherLengthThanItDeclares_IsRefused(byte[] entry, int length) => Assert.That(
        () => Load(Zip.Change(_zip, NetworkEntry, _ => entry)),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The stream is not a model that can be loaded: the entry '{NetworkEntry}' has {length} bytes, "
            + "which does not match the length that it declares."));

    [Test]
    public void LoadMlp_OfANetworkWithoutItsStages_IsRefused()
    {
        var copy = _case.MlContext.Transforms.CopyColumns("Copy", "Features").Fit(_case.Data);
        var mlp = new OnnxMlp(_case.Model, "Features", new OnnxOutput("Logits", [0, 0, 0, 0], 1), new MlpMetadata().ToProperties());
        using var alone = new LogitsTransformer((IHostEnvironment)_case.MlContext, StageChecksum.Put(mlp, [copy]));
        using var stream = new MemoryStream();
        _case.MlContext.Model.Save(new TransformerChain<ITransformer>(alone, copy), _case.Data.Schema, stream);

        Assert.That(
            () => Load(stream.ToArray()),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: it holds a network without the stages that belong to it."));
    }

    [Test]
    public void LoadMlp_OfAScorerOfOtherWeights_SaysThatItDoesNotMatch()
    {
        var mlp = new OnnxMlp(_case.Model, "Features", new OnnxOutput("Logits", [0, 0, 0, 0], 1), new MlpMetadata().ToProperties());
        using var network = new LogitsTransformer((IHostEnvironment)_case.MlContext, mlp);
        var scorer = _case.MlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Logits")
            .Fit(network.Transform(_case.Data));

        Assert.That(
            () => Load(SaveChain(mlp, scorer, _case.MlContext.Transforms.DropColumns("Logits").Fit(network.Transform(_case.Data)))),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(
                "The stream is not a model that can be loaded: its stages do not match its network: This version of Microsoft.ML"));
    }

    [Test]
    public void LoadMlp_OfStagesThatKeepTheLogits_IsRefused()
    {
        var scorer = StockScorer.Fit(MlpTask.Multiclass, "Logits", _case.Data.Schema["Label"]);
        var mlp = new OnnxMlp(
            _case.Model,
            "Features",
            scorer.Input,
            new MlpMetadata { ClassNames = _case.Transformer.ClassNames }.ToProperties());

        Assert.That(
            () => Load(SaveChain(mlp, scorer.Transformer, _case.MlContext.Transforms.CopyColumns("Copy", "Features").Fit(_case.Data))),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: its stages do not match its network of 4 classes."));
    }

    [Test]
    public void LoadMlp_OfAnArchiveOfSomethingElse_GivesMlNetsReason() => Assert.That(
        () => Load(Zip.Write(("a", [1]))),
        Throws.TypeOf<InvalidDataException>()
            .With.Message.Match("^The stream is not a model that can be loaded: ML.NET can't load it: .+"));

    /// <summary>Files of one version are read by another, so what is hashed is part of the format.</summary>
    [Test]
    public void Save_OfATransformer_HoldsTheHashOfPathsLengthsAndContents()
    {
        const string Folder = "TransformerChain/";
        var model = ModelProto.Parser.ParseFrom(
            Zip.Read(_zip).Single(entry => entry.Path == NetworkEntry).Content.AsSpan(sizeof(int)));
        var hashed = Zip.Read(_zip)
            .Where(entry => entry.Path.StartsWith(Folder, StringComparison.Ordinal))
            .Select(entry => (Path: Encoding.UTF8.GetBytes(entry.Path[Folder.Length..]), entry.Content))
            .Where(entry => !entry.Path.AsSpan().StartsWith("Transform_000/"u8))
            .OrderBy(entry => Encoding.UTF8.GetString(entry.Path), StringComparer.Ordinal)
            .SelectMany(entry => (byte[])
            [
                .. BitConverter.GetBytes(entry.Path.Length),
                .. entry.Path,
                .. BitConverter.GetBytes(entry.Content.Length),
                .. entry.Content,
            ]);

        Assert.That(
            model.MetadataProps.Single(entry => entry.Key == "mnistml.stages").Value,
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData([.. hashed]))));
    }

    /// <summary>A chain of a network and stages after it, with a checksum that matches them.</summary>
    private byte[] SaveChain(OnnxMlp mlp, params ITransformer[] stages)
    {
        using var network = new LogitsTransformer((IHostEnvironment)_case.MlContext, StageChecksum.Put(mlp, stages));
        using var stream = new MemoryStream();
        _case.MlContext.Model.Save(new TransformerChain<ITransformer>([network, .. stages]), _case.Data.Schema, stream);
        return stream.ToArray();
    }

    private ITransformer Load(byte[] zip) => LoadBytes(Zip.WithSeparator(zip, separator));

    private static ITransformer LoadBytes(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        return new MLContext().Model.LoadMlp(stream, out _);
    }

    private static byte[] WithLastByteChanged(byte[] content)
    {
        content[^1] ^= 1;
        return content;
    }

    private byte[] WithNetwork(Action<ModelProto> change) => Zip.Change(_zip, NetworkEntry, content =>
    {
        var model = ModelProto.Parser.ParseFrom(content.AsSpan(sizeof(int)));
        change(model);
        var bytes = model.ToByteArray();
        return [.. BitConverter.GetBytes(bytes.Length), .. bytes];
    });
}
