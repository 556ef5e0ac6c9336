using MnistML.Model;

namespace MnistML;

/// <summary>
/// The network as a file of the format <a href="https://github.com/huggingface/safetensors#format">safetensors</a>, which PyTorch reads and
/// writes too. Tensors are named as in the <c>state_dict</c> of <c>nn.Sequential(nn.Flatten(), nn.Linear(…), nn.ReLU(), nn.Linear(…),
/// …)</c>: <c>1.weight</c>,
/// <c>1.bias</c>, <c>3.weight</c> and so on, each weight of the shape <c>[outputs, inputs]</c>.
/// </summary>
public sealed partial class MlpModelParameters
{
    private const string ActivationName = "activation";
    private const string TaskName = "task";

    /// <summary>The value that PyTorch's libraries write and check.</summary>
    private const string FormatName = "format";
    private const string PyTorchFormat = "pt";

    /// <summary>
    /// Saves the network as safetensors. The file appears under its name only when it is complete,
    /// and replaces an existing file.
    /// </summary>
    /// <param name="path">The file, usually with the ending <c>.safetensors</c>; its folder must exist.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ToSafetensors().Write(path);
    }

    /// <summary>Saves the network as safetensors.</summary>
    /// <param name="stream">Where the network is written; it is left open.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ToSafetensors().Write(stream);
    }

    /// <summary>
    /// Loads a network from safetensors: the <c>state_dict</c> of an <c>nn.Sequential</c> of fully connected layers, in the order of the
    /// numbers in the tensors' names. Values are float32, or float16 or bfloat16, which convert exactly. Batch normalisation
    /// (<c>nn.BatchNorm1d</c>) is folded into the layer directly before it, or else directly after it, with PyTorch's default <c>eps</c> of
    /// 1e-5, which the file does not hold.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="activation">The function after each hidden layer if the file does not name it, as those from PyTorch do not.</param>
    /// <param name="task">What the network predicts if the file does not name it.</param>
    /// <exception cref="InvalidDataException">
    /// It is not a complete safetensors file, holds other layers or types, its outputs do not fit the task, or a value is NaN or infinite;
    /// the message says what was found.
    /// </exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static MlpModelParameters Load(
        string path, MlpActivation activation = MlpActivation.Relu, MlpTask task = MlpTask.Multiclass)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromSafetensors(SafetensorsFile.Read(path), activation, task, $"'{path}'");
    }

    /// <summary>Loads a network from safetensors, read from a stream's position to its end.</summary>
    /// <param name="stream">The stream to read; it is left open.</param>
    /// <param name="activation">The function after each hidden layer if the file does not name it, as those from PyTorch do not.</param>
    /// <param name="task">What the network predicts if the file does not name it.</param>
    /// <inheritdoc cref="Load(string, MlpActivation, MlpTask)" path="/exception"/>
    public static MlpModelParameters Load(
        Stream stream, MlpActivation activation = MlpActivation.Relu, MlpTask task = MlpTask.Multiclass)
    {
        ArgumentNullException.ThrowIfNull(stream);
        const string Name = "The stream";
        return FromSafetensors(SafetensorsFile.Read(stream.CanSeek ? stream : ReadAll(stream), Name), activation, task, Name);
    }

    /// <summary>In <c>nn.Sequential</c> the layers have odd numbers, each after <c>nn.Flatten</c> or an activation.</summary>
    private static int ModuleNumberOf(int layer) => (2 * layer) + 1;

    private static MemoryStream ReadAll(Stream stream)
    {
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    }

    private SafetensorsFile ToSafetensors() => new()
    {
        Metadata = new Dictionary<string, string>
        {
            [FormatName] = PyTorchFormat,
            [ActivationName] = $"{Architecture.Activation}",
            [TaskName] = $"{Architecture.Task}",
        },
        Tensors = Layers
            .SelectMany((layer, i) => (KeyValuePair<string, SafetensorsTensor>[])
            [
                new(
                    $"{ModuleNumberOf(i)}.weight",
                    new SafetensorsTensor([layer.Shape.OutputSize, layer.Shape.InputSize], layer.Weights.ToArray())),
                new($"{ModuleNumberOf(i)}.bias", new SafetensorsTensor(layer.Biases.ToArray())),
            ])
            .ToDictionary(),
    };

    private static MlpModelParameters FromSafetensors(SafetensorsFile file, MlpActivation activation, MlpTask task, string name)
    {
        var tensors = new StateDict(file.Tensors, name);
        var layers = tensors.ReadLayers();
        for (var i = 1; i < layers.Count; i++)
        {
            if (layers[i].Shape.InputSize != layers[i - 1].Shape.OutputSize)
            {
                throw tensors.Unusable(
                    $"layer {i + 1} takes {layers[i].Shape.InputSize} values, "
                    + $"but the layer before it gives {layers[i - 1].Shape.OutputSize}");
            }
        }

        activation = ReadNamed(file, ActivationName, activation, tensors);
        task = ReadNamed(file, TaskName, task, tensors);
        var outputSize = layers[^1].Shape.OutputSize;
        return task == MlpTask.Multiclass || outputSize == 1
            ? new MlpModelParameters(
                new MlpArchitecture(
                    layers[0].Shape.InputSize, layers.SkipLast(1).Select(layer => layer.Shape.OutputSize), outputSize, activation, task),
                layers)
            : throw tensors.Unusable($"its last layer has {outputSize} outputs, but a network for {task} has one");
    }

    /// <summary>A value of the metadata, or the default where the file does not have it.</summary>
    private static T ReadNamed<T>(SafetensorsFile file, string name, T defaultValue, StateDict tensors)
        where T : struct, Enum =>
        !file.Metadata.TryGetValue(name, out var text) ? defaultValue
        : Enum.TryParse<T>(text, out var named) && named.ToString() == text ? named
        : throw tensors.Unusable($"its {name} is '{text}', but must be one of {string.Join(", ", Enum.GetNames<T>())}");
}
