using System.Text;
using MnistML.Tests.Support;

namespace MnistML.Tests.Model;

/// <summary>Safetensors files as PyTorch writes them: other types, batch normalisation, and what cannot be read.</summary>
public sealed class StateDictTests
{
    private static readonly Tensor Weights = Tensor.Of("1.weight", [2, 2], 1, -2, 0.5f, 4);
    private static readonly Tensor Biases = Tensor.Of("1.bias", [2], 1, -1);

    [Test]
    public void Load_Float16_ConvertsExactly()
    {
        float[] values = [1, -2, 0.5f, 65504, 6e-8f, 0.1f];
        var model = Load(
            new Tensor("1.weight", "F16", [2, 3], [.. values.SelectMany(value => BitConverter.GetBytes((Half)value))]),
            new Tensor("1.bias", "F16", [2], [0, 0, 0, 0x3C]));

        Assert.That(model.Layers[0].Weights.ToArray(), Is.EqualTo(values.Select(value => (float)(Half)value)));
        Assert.That(model.Layers[0].Biases.ToArray(), Is.EqualTo(new float[] { 0, 1 }));
    }

    [Test]
    public void Load_BFloat16_ConvertsExactly()
    {
        // 1, -2, 3.140625 and the largest value of the format.
        var model = Load(
            new Tensor("1.weight", "BF16", [2, 2], [0x80, 0x3F, 0x00, 0xC0, 0x49, 0x40, 0x7F, 0x7F]), Tensor.Of("1.bias", [2], 0, 0));

        Assert.That(model.Layers[0].Weights.ToArray(), Is.EqualTo(new[] { 1, -2, 3.140625f, 3.3895314e38f }));
    }

    [TestCase("F64", 8)]
    [TestCase("I64", 8)]
    [TestCase("F8_E4M3", 1)]
    public void Load_OtherType_NamesTheTypeAndTheRemedy(string type, int size) => Assert.That(
        () => Load(new Tensor("1.weight", type, [1, 1], new byte[size]), Tensor.Of("1.bias", [1], 0)),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The stream cannot be read: its tensor '1.weight' is of type {type}, but only F32, F16 and BF16 convert exactly. Convert the "
            + "model before saving it, for example with model.float() in PyTorch."));

    [Test]
    public void Load_TorchFile_NamesTheRemedy() => Assert.That(
        () => MlpModelParameters.Load(new MemoryStream(Zip.Write(("archive/data.pkl", [1, 2, 3])))),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "The stream cannot be read: it is a zip archive, as torch.save writes (.pt, .pth), and not a safetensors file. "
            + "Save it in Python with safetensors.torch.save_file(model.state_dict(), path)."));

    [TestCase(float.NaN, "NaN")]
    [TestCase(float.PositiveInfinity, "Infinity")]
    [TestCase(float.NegativeInfinity, "-Infinity")]
    public void Load_ValueThatIsNotFinite_NamesTensorAndIndex(float value, string text)
    {
        AssertRefused($"'1.weight' is {text} at index [1, 0]", Tensor.Of("1.weight", [2, 2], 1, 2, value, 3), Biases);
        AssertRefused($"'1.bias' is {text} at index [1]", Weights, Tensor.Of("1.bias", [2], 1, value));
    }

    /// <summary>Variances are chosen so that, with PyTorch's epsilon of 1e-5, the deviations are 2 and 0.5.</summary>
    [Test]
    public void Load_BatchNormalizationAfterALayer_IsFoldedIntoIt()
    {
        var model = Load([Weights, Biases, .. Normalization("2"), .. Output("4")]);

        // scale = weight / deviation = [1.5, -4]; shift = bias - mean · scale = [0.5 - 1.5, 2 + 12].
        Assert.That(model.Architecture, Is.EqualTo(new MlpArchitecture(2, [2], 1)));
        Assert.That(model.Layers[0].Weights.ToArray(), Is.EqualTo(new[] { 1.5f, -3, -2, -16 }).Within(1e-5));
        Assert.That(model.Layers[0].Biases.ToArray(), Is.EqualTo(new[] { 1.5f - 1, 4 + 14 }).Within(1e-5));
        Assert.That(model.Layers[1].Weights.ToArray(), Is.EqualTo(new float[] { 1, 2 }));
    }

    [Test]
    public void Load_BatchNormalizationBeforeALayer_IsFoldedIntoIt()
    {
        var model = Load([.. Normalization("0"), Weights, Biases]);

        // shift = [-1, 14]: biases grow by 1·-1 - 2·14 and 0.5·-1 + 4·14.
        Assert.That(model.Layers[0].Weights.ToArray(), Is.EqualTo(new[] { 1.5f, 8, 0.75f, -16 }).Within(1e-5));
        Assert.That(model.Layers[0].Biases.ToArray(), Is.EqualTo(new[] { 1 - 29, -1 + 55.5f }).Within(1e-4));
    }

    [Test]
    public void Load_BatchNormalizationWithoutAffineAndLayerWithoutBias_IsFolded()
    {
        var model = Load([Weights, .. Normalization("2").Where(tensor => tensor.Name is not ("2.weight" or "2.bias"))]);

        Assert.That(model.Layers[0].Weights.ToArray(), Is.EqualTo(new[] { 0.5f, -1, 1, 8 }).Within(1e-5));
        Assert.That(model.Layers[0].Biases.ToArray(), Is.EqualTo(new[] { -0.5f, -6 }).Within(1e-5));
    }

    [Test]
    public void Load_BatchNormalizationWithoutANeighbour_IsRefused() => AssertRefused(
        "'3' is batch normalisation without a fully connected layer directly before or after it, so it cannot be folded; "
        + "fold it in PyTorch before saving.",
        [Weights, Biases, .. Normalization("3")]);

    [Test]
    public void Load_BatchNormalizationWithoutVariances_IsRefused() => AssertRefused(
        "'2.running_var' is missing, but this batch normalisation needs 2 values, none below 0.",
        [Weights, Biases, .. Normalization("2").Where(tensor => tensor.Name != "2.running_var")]);

    [Test]
    public void Load_BatchNormalizationThatOverflows_IsRefused([Values("2", "0")] string module) => AssertRefused(
        $"folding '{module}', a batch normalisation, into its layer gives numbers that no float holds; look at its weights and variances.",
        [
            Weights, Biases,
            .. Normalization(module).Where(tensor => !tensor.Name.EndsWith("weight", StringComparison.Ordinal)
                && !tensor.Name.EndsWith("var", StringComparison.Ordinal)),
            Tensor.Of($"{module}.weight", [2], 3e38f, -2), Tensor.Of($"{module}.running_var", [2], 0, 1),
        ]);

    private static Tensor[] Normalization(string module) =>
    [
        Tensor.Of($"{module}.weight", [2], 3, -2),
        Tensor.Of($"{module}.bias", [2], 0.5f, 2),
        Tensor.Of($"{module}.running_mean", [2], 1, 3),
        Tensor.Of($"{module}.running_var", [2], 4 - 1e-5f, 0.25f - 1e-5f),
        new Tensor($"{module}.num_batches_tracked", "I64", [], BitConverter.GetBytes(938L)),
    ];

    private static Tensor[] Output(string module) =>
        [Tensor.Of($"{module}.weight", [1, 2], 1, 2), Tensor.Of($"{module}.bias", [1], 3)];

    private static void AssertRefused(string why, params Tensor[] tensors) => Assert.That(
        () => Load(tensors),
        Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"The stream holds no network that can be taken over: {why}"));

    /// <summary>Loads a file that is written without the library.</summary>
    private static MlpModelParameters Load(params Tensor[] tensors)
    {
        var header = new List<string>();
        var offset = 0;
        foreach (var (name, type, shape, bytes) in tensors)
        {
            header.Add(
                $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', shape)}],"
                + $"\"data_offsets\":[{offset},{offset + bytes.Length}]}}");
            offset += bytes.Length;
        }

        var text = Encoding.UTF8.GetBytes($"{{{string.Join(',', header)}}}");
        byte[] file = [.. BitConverter.GetBytes((long)text.Length), .. text, .. tensors.SelectMany(tensor => tensor.Bytes)];
        using var stream = new MemoryStream(file);
        return MlpModelParameters.Load(stream);
    }

    private sealed record Tensor(string Name, string Type, int[] Shape, byte[] Bytes)
    {
        public static Tensor Of(string name, int[] shape, params float[] values) =>
            new(name, "F32", shape, [.. values.SelectMany(BitConverter.GetBytes)]);
    }
}
