using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.ML;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Archive;

/// <summary>Saved models in which something was altered, with checksums and lengths that are right again.</summary>
[NonParallelizable]
public sealed class AlteredModelTests
{
    private const string NetworkEntry = "TransformerChain/Transform_000/OnnxModel";

    private static readonly byte[] VectorType = "VBuffer"u8.ToArray();

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
    public void LoadMlp_PackedAnew_GivesTheSameScores()
    {
        using var loaded = (MlpTransformer)Load(Zip.Write(Zip.Read(_zip).Reverse()));

        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }

    [TestCase("TransformerChain/Transform_001/TrainSchema")]
    [TestCase("TransformerChain/Transform_001/Model.key")]
    [TestCase("TransformerChain/Transform_001/Model/Model.key")]
    [TestCase("TransformerChain/Transform_001/Model/LabelNames")]
    [TestCase("TransformerChain/Transform_002/Model.key")]
    public void LoadMlp_StageBehindTheNetworkAltered_IsRefused(string path)
    {
        using var temporary = new PrivateTemporaryPath();

        Assert.That(
            () => Load(Zip.Change(_zip, path, WithLastByteChanged)),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: the stages in 'TransformerChain/' are not those that were saved with its network."));
        Assert.That(temporary.Names, Is.Empty);
    }

    [Test]
    public void LoadMlp_StageBehindTheNetworkMissing_IsRefused() => Assert.That(
        () => Load(Zip.Write(Zip.Read(_zip).Where(entry => !entry.Path.Contains("Transform_002", StringComparison.Ordinal)))),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "The stream is not a model that can be loaded: the stages in 'TransformerChain/' are not those that were saved with its network."));

    [TestCase(1 << 30)]
    [TestCase(-1)]
    public void LoadMlp_ChainTellsOfManyStages_IsRefusedBeforeThereIsRoomForThem(int count)
    {
        var altered = Zip.Change(_zip, "TransformerChain/Model.key", content =>
        {
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(16))), count);
            return content;
        });

        AssertRefusedCheaply(altered, $"the entry 'TransformerChain/Model.key' tells of {count} stages, but the archive has {Zip.Read(_zip).Count} entries.");
    }

    [Test]
    public void LoadMlp_SchemaTellsOfManyDimensions_IsRefusedBeforeThereIsRoomForThem()
    {
        var place = 0;
        var altered = Zip.Change(_zip, "Schema", content =>
        {
            // Features are the one vector of numbers: the items' type, its length of 0, the number of dimensions.
            var items = content.AsSpan().IndexOf("Single"u8);
            place = content.AsSpan(0, items).LastIndexOf(VectorType) + VectorType.Length;
            var dimensionCount = items + "Single".Length + 1;
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(dimensionCount), 1 << 28);
            return content;
        });

        AssertRefusedCheaply(altered, $"the entry 'Schema' tells of a vector at byte {place} with other dimensions than there are.");
    }

    [Test]
    public void LoadMlp_NetworkNamesAnotherProducer_IsRefused() => Assert.That(
        () => Load(WithNetwork(model => model.ProducerName = "another")),
        Throws.TypeOf<InvalidDataException>().With.Message.EndsWith("the ONNX model holds something else than a network as this version of MnistML saves it."));

    [Test]
    public void LoadMlp_NetworkWithoutAGraph_IsRefusedAndLeavesNoFile()
    {
        using var temporary = new PrivateTemporaryPath();

        Assert.That(
            () => Load(Zip.Change(_zip, NetworkEntry, _ => [0, 0, 0, 0])), Throws.TypeOf<InvalidDataException>().With.Message.EndsWith("the ONNX model has no graph."));
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
    public void LoadMlp_TextsOfTheNetworkAltered_IsRefused(string from, string to, string message) => Assert.That(
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
    public void LoadMlp_AnyByteOfTheFileAltered_IsRefusedOrGivesTheSameScores()
    {
        var expected = Predictions.Bits(_case.Transformer.Transform(_case.Data));
        for (var place = 0; place < _zip.Length; place += 13)
        {
            byte[] altered = [.. _zip];
            altered[place] ^= 0x10;
            try
            {
                using var loaded = (MlpTransformer)Load(altered);
                Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(expected), $"byte {place}");
            }
            catch (InvalidDataException error)
            {
                Assert.That(error.Message, Does.StartWith("The stream is not a model that can be loaded: "));
            }
        }
    }

    private static ITransformer Load(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        return new MLContext().Model.LoadMlp(stream, out _);
    }

    private static void AssertRefusedCheaply(byte[] zip, string why)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Load(zip), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo($"The stream is not a model that can be loaded: {why}"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20));
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
