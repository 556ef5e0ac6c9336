using System.IO.Compression;
using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Archive;

/// <summary>Archives that are not what they say that they are. The benchmark <c>fuzz-models</c> tries many more.</summary>
[NonParallelizable]
public sealed class LoadMlpDamageTests
{
    private const string Onnx = "TransformerChain/Transform_000/Transform_000/OnnxModel";
    private const string Scorer = "TransformerChain/Transform_000/Transform_001/Model/Model.key";

    private byte[] _bytes = [];
    private TemporaryFolder _folder = null!;
    private PrivateTemporaryPath _temporary = null!;
    private string _path = "";

    [OneTimeSetUp]
    public void Save()
    {
        using var scoring = new ScoringCase();
        _bytes = SavedModel.Save(
            scoring.MlContext, new Microsoft.ML.Data.TransformerChain<ITransformer>(scoring.Transformer), scoring.Data.Schema);
    }

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _path = _folder.PathOf("model.zip");
        _temporary = new PrivateTemporaryPath();
    }

    [TearDown]
    public void DeleteFolder()
    {
        Assert.That(_temporary.Names, Is.Empty, "no file is left behind");
        _temporary.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void LoadMlp_OfAnyCutFile_IsRefused()
    {
        for (var length = 0; length < _bytes.Length; length += 13)
        {
            AssertRefused(_bytes[..length], "", $"{length} bytes");
        }
    }

    [Test]
    public void LoadMlp_OfAFlippedBitInAnyEntry_IsRefused()
    {
        using var archive = new ZipArchive(new MemoryStream(_bytes));
        foreach (var entry in archive.Entries)
        {
            byte[] altered = [.. _bytes];
            var name = System.Text.Encoding.UTF8.GetBytes(entry.FullName);
            var content = altered.AsSpan().IndexOf(name) + name.Length + ((int)entry.CompressedLength / 2);
            altered[content] ^= 4;
            AssertRefused(altered, "", entry.FullName);
        }
    }

    [Test]
    public void LoadMlp_OfNoArchive_SaysSo() =>
        AssertRefused("<!DOCTYPE html>"u8.ToArray(), $"'{_path}' is not a model that can be loaded: ");

    [Test]
    public void LoadMlp_OfAFileThatIsNotThere_SaysWhich() => Assert.That(
        () => new MLContext().Model.LoadMlp(_path, out _), Throws.TypeOf<FileNotFoundException>().With.Message.Contains(_path));

    [TestCase("../escape")]
    [TestCase("/etc/escape")]
    [TestCase("a/../../escape")]
    [TestCase("..\\escape")]
    [TestCase("C:\\escape")]
    public void LoadMlp_OfAnEntryThatLeadsOut_IsRefused(string name) => AssertRefused(
        Rewrite(entries => entries[name] = [1]), $"'{_path}' is not a model that can be loaded: the entry '{name}' has no name "
            + "or a folder without one, or leads out of the archive.");

    [Test]
    public void LoadMlp_OfABomb_IsRefusedBeforeItIsUnpacked()
    {
        var bomb = Rewrite(entries => entries["zeros"] = new byte[200 << 20]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertRefused(bomb, "the entry 'zeros' declares 209715200 bytes, more than a file of this size can hold.");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20));
    }

    [Test]
    public void LoadMlp_WithAnyByteOfTheNetworkAltered_IsRefusedOrOnlyItsTextsAndWeightsDiffer()
    {
        var onnx = Read()[Onnx];
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var at = random.Next(onnx.Length);
            var altered = Rewrite(
                entries => entries[Onnx] = [.. onnx[..at], (byte)(onnx[at] ^ (1 << random.Next(8))), .. onnx[(at + 1)..]]);
            try
            {
                using var model = (IDisposable)new MLContext().Model.LoadMlp(new MemoryStream(altered), out _);
            }
            catch (InvalidDataException error)
            {
                Assert.That(error.Message, Does.StartWith("The stream is not a model that can be loaded: "));
            }
        }
    }

    [Test]
    public void LoadMlp_OfANetworkInAnotherFile_IsRefused()
    {
        var onnx = MnistML.Onnx.ModelProto.Parser.ParseFrom(Read()[Onnx].AsSpan(4).ToArray());
        onnx.Graph.Initializer[0].ExternalData.Add(new MnistML.Onnx.StringStringEntryProto { Key = "location", Value = "/etc/passwd" });

        AssertRefused(
            Rewrite(entries => entries[Onnx] = Entry(onnx)),
            $"the ONNX model's constant '{onnx.Graph.Initializer[0].Name}' lies in another file (external_data), which is not followed.");
    }

    [Test]
    public void LoadMlp_OfAnotherProducersModelInAnotherFile_IsRefused()
    {
        var onnx = MnistML.Onnx.ModelProto.Parser.ParseFrom(Read()[Onnx].AsSpan(4).ToArray());
        onnx.ProducerName = "another";
        var constant = new MnistML.Onnx.TensorProto
        {
            Name = "hidden",
            DataLocation = MnistML.Onnx.TensorProto.Types.DataLocation.External,
        };
        onnx.Graph.Node[0].Attribute.Add(
            new MnistML.Onnx.AttributeProto { G = new MnistML.Onnx.GraphProto { Initializer = { constant } } });

        AssertRefused(
            Rewrite(entries => entries[Onnx] = Entry(onnx)),
            "the ONNX model's constant 'hidden' lies in another file (external_data), which is not followed.");
    }

    [Test]
    public void LoadMlp_OfANetworkThatSaysItIsLarger_AllocatesNothingForIt()
    {
        var onnx = MnistML.Onnx.ModelProto.Parser.ParseFrom(Read()[Onnx].AsSpan(4).ToArray());
        var weights = onnx.Graph.Initializer.Single(tensor => tensor.Name.EndsWith("layers.0.weight", StringComparison.Ordinal));
        (weights.Dims[0], weights.Dims[1]) = (int.MaxValue, int.MaxValue);
        var altered = Rewrite(entries => entries[Onnx] = Entry(onnx));
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertRefused(altered, "but 4611686014132420609 floats were expected.");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16 << 20));
    }

    [Test]
    public void LoadMlp_OfAScorerThatDoesOtherThanTheNetworkExpects_IsRefused()
    {
        using var other = new ScoringCase();
        using var transformer = ScoringCase.CreateTransformer(
            other.MlContext, Networks.Random(new MlpArchitecture(3, [], 4), seed: 1), other.Data.Schema);
        var scorer = Read()[Scorer];
        var altered = 0;
        for (var at = scorer.Length / 2; at < scorer.Length; at++)
        {
            byte[] content = [.. scorer];
            content[at] ^= 1;
            var bytes = Rewrite(entries => entries[Scorer] = content);
            try
            {
                using var model = (IDisposable)new MLContext().Model.LoadMlp(new MemoryStream(bytes), out _);
            }
            catch (InvalidDataException)
            {
                altered++;
            }
        }

        Assert.That(altered, Is.GreaterThan(scorer.Length / 8));
    }

    [Test]
    public void LoadMlp_OfANetworkWithoutItsStages_IsRefused() => AssertRefused(
        Rewrite(
            entries => entries["elsewhere/OnnxModel"] = entries[Onnx]), "the stages in '' are not those that were saved with its network.");

    [TestCase(Onnx)]
    [TestCase(Scorer)]
    [TestCase("TransformerChain/Model.key")]
    public void LoadMlp_OfAMissingEntry_IsRefused(string name) => AssertRefused(Rewrite(entries => entries.Remove(name)), "");

    private static byte[] Entry(MnistML.Onnx.ModelProto onnx)
    {
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(onnx);
        return [.. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    private Dictionary<string, byte[]> Read()
    {
        using var archive = new ZipArchive(new MemoryStream(_bytes));
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        });
    }

    /// <summary>The archive with other entries, each with a right checksum.</summary>
    private byte[] Rewrite(Action<Dictionary<string, byte[]>> change)
    {
        var entries = Read();
        change(entries);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private void AssertRefused(byte[] bytes, string message, string what = "")
    {
        File.WriteAllBytes(_path, bytes);
        Assert.That(
            () => new MLContext().Model.LoadMlp(_path, out _),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(
                $"'{_path}' is not a model that can be loaded: ").And.Message.Contains(message), what);
    }
}
