using System.Globalization;
using System.Text;
using MnistML.Tests.Support;

namespace MnistML.Tests.Model;

public sealed class MlpModelParametersFileTests
{
    private const string Unusable = "The stream holds no network that can be taken over: ";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Load_OfWhatWasSaved_GivesItBack(
        [Values] MlpActivation activation, [Values(0, 1, 2)] int hiddenLayerCount, [Values] bool byPath)
    {
        int[] hiddenLayers = [5, 2];
        var model = Networks.Random(new MlpArchitecture(3, hiddenLayers[..hiddenLayerCount], 4, activation), seed: 1);

        var loaded = byPath ? ByPath(model) : ByStream(model);

        Assert.That(loaded.Architecture, Is.EqualTo(model.Architecture));
        foreach (var (layer, expected) in loaded.Layers.Zip(model.Layers))
        {
            Assert.That(layer.Weights.ToArray(), Is.EqualTo(expected.Weights.ToArray()));
            Assert.That(layer.Biases.ToArray(), Is.EqualTo(expected.Biases.ToArray()));
        }
    }

    [Test]
    public void Load_NoActivationNamed_TakesTheOneGiven()
    {
        var loaded = Load(File(("0.weight", [2, 1]), ("0.bias", [2]), ("2.weight", [3, 2]), ("2.bias", [3])), MlpActivation.Gelu);

        Assert.That(loaded.Architecture, Is.EqualTo(new MlpArchitecture(1, [2], 3, MlpActivation.Gelu)));
    }

    [Test]
    public void Load_TenLayersInAnyOrder_OrdersThemByNumber()
    {
        var loaded = Load(File([.. Enumerable.Range(1, 10).Reverse().SelectMany(
            i => ((string, int[])[])[($"net.{i}.bias", [i + 1]), ($"net.{i}.weight", [i + 1, i])])]));

        Assert.That($"{loaded.Architecture}", Is.EqualTo("1-2-3-4-5-6-7-8-9-10-11"));
    }

    [Test]
    public void Load_NoTensors_IsRefused() => AssertRefused(File(), "it holds no tensors.");

    [Test]
    public void Load_OtherTensor_IsRefused() => AssertRefused(
        File(("1.weight", [2, 1]), ("1.bias", [2]), ("2.weight_v", [2])),
        "it holds the tensor '2.weight_v', but only those of fully connected layers and of batch normalisation, named like '1.weight', "
        + "'1.bias' and '2.running_mean', can be read.");

    [Test]
    public void Load_TwoNetworks_IsRefused() => AssertRefused(
        File(
            ("a.1.weight", [2, 1]),
            ("a.1.bias", [2]),
            ("b.1.weight", [2, 1]),
            ("b.1.bias", [2])),
        "it holds 2 networks, whose tensors begin with 'a.', 'b.'.");

    [Test]
    public void Load_LayersThatDoNotFit_IsRefused() => AssertRefused(
        File(
            ("1.weight", [2, 1]),
            ("1.bias", [2]),
            ("3.weight", [4, 3]),
            ("3.bias", [4])),
        "layer 2 takes 3 values, but the layer before it gives 2.");

    [Test]
    public void Load_BiasMissing_IsRefused() => AssertRefused(
        File(("1.weight", [2, 1])),
        "'1.weight' is of shape [2, 1] and '1.bias' missing, but a fully connected layer has weights of shape [outputs, inputs] and as "
        + "many biases as outputs.");

    [Test]
    public void Load_OtherShapes_IsRefused() => AssertRefused(
        File(("1.weight", [2, 1, 1]), ("1.bias", [3])),
        "'1.weight' is of shape [2, 1, 1] and '1.bias' of shape [3], but a fully connected layer has weights of shape [outputs, "
        + "inputs] and as many biases as outputs.");

    [Test]
    public void Load_EmptyLayer_IsRefused() => AssertRefused(
        File(("1.weight", [0, 1]), ("1.bias", [0])),
        "'1.weight' is of shape [0, 1] and '1.bias' of shape [0], but a fully connected layer has weights of shape [outputs, inputs] "
        + "and as many biases as outputs.");

    [TestCase("Swish")]
    [TestCase("1")]
    [TestCase("relu")]
    public void Load_UnknownActivation_IsRefused(string activation) => AssertRefused(
        File("{\"activation\":\"" + activation + "\"}", ("1.weight", [2, 1]), ("1.bias", [2])),
        $"its activation is '{activation}', but must be one of Relu, LeakyRelu, Gelu, Silu, Tanh, Sigmoid.");

    [Test]
    public void Load_FileThatIsNone_NamesTheFile()
    {
        var path = _folder.Write("model.safetensors", [1, 2, 3]);

        Assert.That(
            () => MlpModelParameters.Load(path),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{path}' is not a whole safetensors file: "));
    }

    [Test]
    public void Load_NoFile_Throws() =>
        Assert.That(() => MlpModelParameters.Load(_folder.PathOf("none")), Throws.TypeOf<FileNotFoundException>());

    [Test]
    public void SaveAndLoad_NoArgument_Throw()
    {
        var model = Networks.Random(new MlpArchitecture(1, [], 2), seed: 1);

        Assert.That(() => model.Save((Stream)null!), Throws.ArgumentNullException);
        Assert.That(() => model.Save(""), Throws.ArgumentException);
        Assert.That(() => MlpModelParameters.Load((Stream)null!), Throws.ArgumentNullException);
        Assert.That(() => MlpModelParameters.Load(""), Throws.ArgumentException);
    }

    private static void AssertRefused(byte[] file, string why) =>
        Assert.That(() => Load(file), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(Unusable + why));

    private static MlpModelParameters Load(byte[] file, MlpActivation activation = MlpActivation.Relu)
    {
        using var stream = new MemoryStream(file);
        return MlpModelParameters.Load(stream, activation);
    }

    private static byte[] File(params (string Name, int[] Shape)[] tensors) => File("{}", tensors);

    /// <summary>A file of zeros, put together without the library.</summary>
    private static byte[] File(string metadata, params (string Name, int[] Shape)[] tensors)
    {
        var header = new StringBuilder($"{{\"__metadata__\":{metadata}");
        var offset = 0;
        foreach (var (name, shape) in tensors)
        {
            var end = offset + (4 * shape.Aggregate(1, (product, size) => product * size));
            header.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],")
                .Append(CultureInfo.InvariantCulture, $"\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        var text = Encoding.UTF8.GetBytes($"{header}}}");
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[offset]];
    }

    private static MlpModelParameters ByStream(MlpModelParameters model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        stream.Position = 0;
        return MlpModelParameters.Load(stream, MlpActivation.Relu);
    }

    private MlpModelParameters ByPath(MlpModelParameters model)
    {
        model.Save(_folder.PathOf("model.safetensors"));
        return MlpModelParameters.Load(_folder.PathOf("model.safetensors"));
    }
}
