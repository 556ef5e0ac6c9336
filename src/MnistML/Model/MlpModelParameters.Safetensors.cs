using System.Globalization;
using System.Text.RegularExpressions;
using MnistML.Model;

namespace MnistML;

/// <summary>
/// The network as a file of the format <a href="https://github.com/huggingface/safetensors#format">safetensors</a>, which PyTorch reads and writes too.
/// Tensors are named as in the <c>state_dict</c> of <c>nn.Sequential(nn.Flatten(), nn.Linear(…), nn.ReLU(), nn.Linear(…), …)</c>: <c>1.weight</c>,
/// <c>1.bias</c>, <c>3.weight</c> and so on, each weight of the shape <c>[outputs, inputs]</c>.
/// </summary>
public sealed partial class MlpModelParameters
{
    private const string ActivationName = "activation";

    /// <summary>What PyTorch's libraries write and look for.</summary>
    private const string FormatName = "format";
    private const string PyTorchFormat = "pt";

    /// <summary>Saves the network as safetensors. The file appears under its name only when it is whole, and replaces one that is there.</summary>
    /// <param name="path">The file, usually with the ending <c>.safetensors</c>; its folder must exist.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ToSafetensors().Write(path);
    }

    /// <summary>Saves the network as safetensors.</summary>
    /// <param name="stream">Where the bytes go; it is left open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ToSafetensors().Write(stream);
    }

    /// <summary>
    /// Loads a network from safetensors: float32 weights and biases of fully connected layers, in the order of the numbers in their names.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="activation">The function after each hidden layer, where the file, as those from PyTorch, does not name it.</param>
    /// <exception cref="InvalidDataException">It is not a whole safetensors file, or not one of such layers; the message says what was found.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static MlpModelParameters Load(string path, MlpActivation activation = MlpActivation.Relu)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromSafetensors(SafetensorsFile.Read(path), activation, $"'{path}'");
    }

    /// <summary>Loads a network from safetensors, all that is left of a stream.</summary>
    /// <param name="stream">Where the bytes come from; it is left open.</param>
    /// <param name="activation">The function after each hidden layer, where the file, as those from PyTorch, does not name it.</param>
    /// <inheritdoc cref="Load(string, MlpActivation)" path="/exception"/>
    public static MlpModelParameters Load(Stream stream, MlpActivation activation = MlpActivation.Relu)
    {
        ArgumentNullException.ThrowIfNull(stream);
        const string Name = "The stream";
        return FromSafetensors(SafetensorsFile.Read(stream.CanSeek ? stream : ReadAll(stream), Name), activation, Name);
    }

    [GeneratedRegex(@"^(?<prefix>.*?)(?<number>[0-9]{1,6})\.(?<kind>weight|bias)$")]
    private static partial Regex TensorName();

    /// <summary>In <c>nn.Sequential</c> the layers stand in the odd places, behind <c>nn.Flatten</c> or an activation.</summary>
    private static int PlaceOf(int layer) => (2 * layer) + 1;

    private static MemoryStream ReadAll(Stream stream)
    {
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    }

    private SafetensorsFile ToSafetensors() => new()
    {
        Metadata = new Dictionary<string, string> { [FormatName] = PyTorchFormat, [ActivationName] = $"{Architecture.Activation}" },
        Tensors = Layers
            .SelectMany((layer, i) => (KeyValuePair<string, SafetensorsTensor>[])
            [
                new($"{PlaceOf(i)}.weight", new SafetensorsTensor([layer.Shape.OutputSize, layer.Shape.InputSize], layer.Weights.ToArray())),
                new($"{PlaceOf(i)}.bias", new SafetensorsTensor(layer.Biases.ToArray())),
            ])
            .ToDictionary(),
    };

    private static MlpModelParameters FromSafetensors(SafetensorsFile file, MlpActivation activation, string name)
    {
        var layers = ReadLayers(file, name);
        for (var i = 1; i < layers.Count; i++)
        {
            if (layers[i].Shape.InputSize != layers[i - 1].Shape.OutputSize)
            {
                throw Unusable(name, $"layer {i + 1} takes {layers[i].Shape.InputSize} values, but the layer before it gives {layers[i - 1].Shape.OutputSize}");
            }
        }

        var architecture = new MlpArchitecture(
            layers[0].Shape.InputSize, layers.SkipLast(1).Select(layer => layer.Shape.OutputSize), layers[^1].Shape.OutputSize, ReadActivation(file, activation, name));
        return new MlpModelParameters(architecture, layers);
    }

    private static List<MlpLayerParameters> ReadLayers(SafetensorsFile file, string name)
    {
        var parts = file.Tensors.Select(tensor => (Match: TensorName().Match(tensor.Key), Name: tensor.Key, Tensor: tensor.Value)).ToArray();
        if (parts.FirstOrDefault(part => !part.Match.Success).Name is { } other)
        {
            throw Unusable(name, $"it holds the tensor '{other}', but only those of fully connected layers, named like '1.weight' and '1.bias', have a place; fold batch normalisation into them first");
        }

        var prefixes = parts.Select(part => part.Match.Groups["prefix"].Value).Distinct().ToArray();
        if (prefixes.Length != 1)
        {
            throw Unusable(name, parts.Length == 0 ? "it holds no tensors" : $"it holds {prefixes.Length} networks, whose tensors begin with {string.Join(", ", prefixes.Select(prefix => $"'{prefix}'"))}");
        }

        return
        [
            .. parts.GroupBy(part => int.Parse(part.Match.Groups["number"].Value, CultureInfo.InvariantCulture))
                .OrderBy(layer => layer.Key)
                .Select(layer => ToLayer([.. layer.Select(part => (part.Match.Groups["kind"].Value, part.Tensor))], $"{prefixes[0]}{layer.Key}", name)),
        ];
    }

    private static MlpLayerParameters ToLayer((string Kind, SafetensorsTensor Tensor)[] parts, string layer, string name)
    {
        var weights = parts.FirstOrDefault(part => part.Kind == "weight").Tensor;
        var biases = parts.FirstOrDefault(part => part.Kind == "bias").Tensor;
        return parts.Length == 2 && weights?.Shape is [>= 1 and <= int.MaxValue and var outputs, >= 1 and <= int.MaxValue and var inputs] && biases?.Shape is [var count] && count == outputs
            ? new MlpLayerParameters(new MlpLayerShape((int)inputs, (int)outputs), weights.Values, biases.Values)
            : throw Unusable(
                name,
                $"'{layer}.weight' is {Describe(weights)} and '{layer}.bias' {Describe(biases)}, but a fully connected layer has weights of shape [outputs, inputs] and as many biases as outputs");
    }

    private static string Describe(SafetensorsTensor? tensor) => tensor is null ? "missing" : $"of shape [{string.Join(", ", tensor.Shape)}]";

    private static MlpActivation ReadActivation(SafetensorsFile file, MlpActivation activation, string name) =>
        !file.Metadata.TryGetValue(ActivationName, out var text) ? activation
        : Enum.TryParse<MlpActivation>(text, out var named) && named.ToString() == text ? named
        : throw Unusable(name, $"its activation is '{text}', but must be one of {string.Join(", ", Enum.GetNames<MlpActivation>())}");

    private static InvalidDataException Unusable(string name, string why) => new($"{name} holds no network that can be taken over: {why}.");
}
