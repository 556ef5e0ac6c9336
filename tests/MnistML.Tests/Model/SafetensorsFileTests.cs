using System.Text;
using MnistML.Model;
using MnistML.Tests.Support;

namespace MnistML.Tests.Model;

internal sealed class SafetensorsFileTests
{
    private static readonly SafetensorsFile Example = new()
    {
        Metadata = new Dictionary<string, string> { ["name"] = "two \"tensors\" ≠ one" },
        Tensors = new Dictionary<string, SafetensorsTensor>
        {
            ["a"] = new([3, 1], [1, float.NaN, -0f]),
            ["empty"] = new([0], []),
            ["scalar"] = new([], [float.MaxValue]),
        },
    };

    private TemporaryFolder _folder = null!;
    private string _path = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _path = _folder.PathOf("x.safetensors");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Read_OfWhatWasWritten_GivesItBack()
    {
        Example.Write(_path);

        var read = SafetensorsFile.Read(_path);

        Assert.That(read.Metadata, Is.EqualTo(Example.Metadata));
        Assert.That(read.Tensors.Keys, Is.EquivalentTo(Example.Tensors.Keys));
        foreach (var (name, tensor) in Example.Tensors)
        {
            Assert.That(read.Tensors[name].Shape, Is.EqualTo(tensor.Shape), name);
            Assert.That(
                read.Tensors[name].Values.Select(BitConverter.SingleToInt32Bits),
                Is.EqualTo(tensor.Values.Select(BitConverter.SingleToInt32Bits)),
                name);
        }
    }

    /// <summary>The format's own description: eight bytes of length, a JSON header, the values.</summary>
    [Test]
    public void Write_OfATensor_IsTheFormatByteForByte()
    {
        var file = new SafetensorsFile
        {
            Metadata = new Dictionary<string, string>(),
            Tensors = new Dictionary<string, SafetensorsTensor> { ["w"] = new([2, 1], [1, -2]) },
        };
        file.Write(_path);

        // Padded by spaces to a multiple of eight bytes.
        const string Header = """{"__metadata__":{},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}      """;
        byte[] expected = [(byte)Header.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(Header), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0];
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(expected));
    }

    [Test]
    public void Read_OfEachCutFile_SaysThatItIsNotWhole()
    {
        Example.Write(_path);
        var bytes = File.ReadAllBytes(_path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_path, bytes[..length]);
            Assert.That(
                () => SafetensorsFile.Read(_path),
                Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{_path}' is not a"),
                $"{length} bytes");
        }
    }

    [Test]
    public void Read_OfAlteredFiles_EitherReadsOrSaysWhatIsWrong()
    {
        Example.Write(_path);
        var bytes = File.ReadAllBytes(_path);
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            byte[] altered = [.. bytes];
            altered[random.Next(altered.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_path, altered);
            try
            {
                SafetensorsFile.Read(_path);
            }
            catch (InvalidDataException error)
            {
                Assert.That(error.Message, Does.Contain(_path));
            }
        }
    }

    [TestCase("""{"w":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}""")]
    [TestCase("""{"w":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}""")]
    [TestCase("""{"w":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""")]
    [TestCase("""{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""")]
    [TestCase("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [TestCase("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [TestCase("""{"w":{"dtype":"F32","shape":[1]}}""")]
    [TestCase("""{"w":3}""")]
    [TestCase("""[]""")]
    [TestCase("""{"__metadata__":{"a":1}}""")]
    public void Read_OfALyingHeader_IsRefused(string header)
    {
        File.WriteAllBytes(_path, [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), 1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.That(() => SafetensorsFile.Read(_path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(_path));
    }

    [Test]
    public void Write_ThatFails_LeavesTheEarlierFileAlone()
    {
        Example.Write(_path);
        var before = File.ReadAllBytes(_path);
        var broken = Example with { Tensors = new Dictionary<string, SafetensorsTensor> { ["broken"] = new([1], null!) } };

        Assert.That(() => broken.Write(_path), Throws.InstanceOf<Exception>());
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(before));
        Assert.That(_folder.Names, Has.Count.EqualTo(1));
    }
}
