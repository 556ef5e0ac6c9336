using System.Globalization;
using MnistML.Model;

namespace MnistML;

/// <summary>
/// The network as a file of the format <a href="https://github.com/huggingface/safetensors#format">safetensors</a>, which PyTorch reads and
/// writes too. Tensors are named as in the <c>state_dict</c> of <c>nn.Sequential(nn.Flatten(), nn.Linear(…), nn.ReLU(), nn.Linear(…),
/// …)</c>: <c>1.weight</c>,
/// <c>1.bias</c>, <c>3.weight</c> and so on, each weight of the shape <c>[outputs, inputs]</c>. In an ensemble <c>members.0.</c> and so on
/// come before these names. An encoding is three tensors of one value a column: <c>encoding.feature</c>, <c>encoding.low</c>,
/// <c>encoding.high</c>.
/// </summary>
public sealed partial class MlpModelParameters
{
    private const string ActivationName = "activation";
    private const string TaskName = "task";
    private const string MembersName = "members";

    /// <summary>The tensors of the encoding, one value a column.</summary>
    private const string EncodingPrefix = "encoding.";
    private const string FeatureTensor = EncodingPrefix + "feature";
    private const string LowTensor = EncodingPrefix + "low";
    private const float MaxExactIndex = 1 << 24;
    private const string HighTensor = EncodingPrefix + "high";

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

    private static string PrefixOf(int member, int memberCount) => memberCount == 1 ? "" : $"{MembersName}.{member}.";

    private SafetensorsFile ToSafetensors()
    {
        var metadata = new Dictionary<string, string>
        {
            [FormatName] = PyTorchFormat,
            [ActivationName] = $"{Architecture.Activation}",
            [TaskName] = $"{Architecture.Task}",
        };
        if (Members.Count > 1)
        {
            metadata.Add(MembersName, Members.Count.ToString(CultureInfo.InvariantCulture));
        }

        return new SafetensorsFile
        {
            Metadata = metadata,
            Tensors = EncodingTensors()
                .Concat(Members.Index().SelectMany(member => LayerTensors(member.Item._layers, PrefixOf(member.Index, Members.Count))))
                .ToDictionary(),
        };
    }

    private IEnumerable<KeyValuePair<string, SafetensorsTensor>> EncodingTensors()
    {
        if (Encoding is { Columns: var columns })
        {
            yield return new(FeatureTensor, new SafetensorsTensor([.. columns.Select(column => (float)column.Feature)]));
            yield return new(LowTensor, new SafetensorsTensor([.. columns.Select(column => column.Low)]));
            yield return new(HighTensor, new SafetensorsTensor([.. columns.Select(column => column.High)]));
        }
    }

    private static IEnumerable<KeyValuePair<string, SafetensorsTensor>> LayerTensors(
        IReadOnlyList<MlpLayerParameters> layers, string prefix)
    {
        foreach (var (i, layer) in layers.Index())
        {
            yield return new(
                $"{prefix}{ModuleNumberOf(i)}.weight",
                new SafetensorsTensor([layer.Shape.OutputSize, layer.Shape.InputSize], layer.Weights.ToArray()));
            yield return new($"{prefix}{ModuleNumberOf(i)}.bias", new SafetensorsTensor(layer.Biases.ToArray()));
        }
    }

    private static MlpModelParameters FromSafetensors(SafetensorsFile file, MlpActivation activation, MlpTask task, string name)
    {
        var networks = file.Tensors
            .Where(tensor => !tensor.Key.StartsWith(EncodingPrefix, StringComparison.Ordinal))
            .ToDictionary();
        var all = new StateDict(networks, name);
        activation = ReadNamed(file, ActivationName, activation, all);
        task = ReadNamed(file, TaskName, task, all);
        var encoding = ReadEncoding(file, networks, name);
        var memberCount = ReadMemberCount(file, all);
        if (memberCount == 1)
        {
            return ToModel(all, encoding, activation, task);
        }

        MlpModelParameters[] members =
        [
            .. Enumerable.Range(0, memberCount).Select(member => ToModel(
                new StateDict(
                    networks
                        .Where(tensor => tensor.Key.StartsWith(PrefixOf(member, memberCount), StringComparison.Ordinal))
                        .ToDictionary(),
                    $"Member {member} of {name}"),
                encoding,
                activation,
                task)),
        ];
        return members.All(member => member.Architecture == members[0].Architecture)
            ? new MlpModelParameters(members)
            : throw all.Unusable($"its members have the sizes {string.Join(", ", members.Select(member => $"{member.Architecture}"))}, "
                + "but all must have the same");
    }

    private static int ReadMemberCount(SafetensorsFile file, StateDict tensors) =>
        !file.Metadata.TryGetValue(MembersName, out var text) ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 1 && count <= file.Tensors.Count
            ? count
        : throw tensors.Unusable($"its {MembersName} is '{text}', but must be a number above 1 of which each has tensors");

    private static MlpEncoding? ReadEncoding(
        SafetensorsFile file, Dictionary<string, SafetensorsTensor> networks, string name)
    {
        if (file.Tensors.Count == networks.Count)
        {
            return null;
        }

        var (features, low, high) = (Read(FeatureTensor), Read(LowTensor), Read(HighTensor));
        var tensors = new StateDict(networks, name);
        if (features.Length == 0 || low.Length != features.Length || high.Length != features.Length)
        {
            throw tensors.Unusable(
                $"'{FeatureTensor}', '{LowTensor}' and '{HighTensor}' have {features.Length}, {low.Length} and {high.Length} values, "
                + "but each must have one for each column of the encoding");
        }

        if (!features.All(feature => feature is >= 0 and < MaxExactIndex && feature % 1 == 0))
        {
            throw tensors.Unusable($"'{FeatureTensor}' must hold indices of features, whole numbers from 0 on");
        }

        try
        {
            return new MlpEncoding(
                (int)features.Max() + 1, features.Select((feature, i) => new MlpEncodedColumn((int)feature, low[i], high[i])));
        }
        catch (ArgumentException error)
        {
            throw tensors.Unusable(error.Message);
        }

        float[] Read(string tensor) => file.Tensors.GetValueOrDefault(tensor)?.Values ?? [];
    }

    private static MlpModelParameters ToModel(StateDict tensors, MlpEncoding? encoding, MlpActivation activation, MlpTask task)
    {
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

        if (encoding is not null && encoding.Columns.Count != layers[0].Shape.InputSize)
        {
            throw tensors.Unusable(
                $"its first layer takes {layers[0].Shape.InputSize} values, but its encoding gives {encoding.Columns.Count}");
        }

        var outputSize = layers[^1].Shape.OutputSize;
        return task == MlpTask.Multiclass || outputSize == 1
            ? FromLayers(layers, encoding, activation, task)
            : throw tensors.Unusable($"its last layer has {outputSize} outputs, but a network for {task} has one");
    }

    /// <summary>A value of the metadata, or the default where the file does not have it.</summary>
    private static T ReadNamed<T>(SafetensorsFile file, string name, T defaultValue, StateDict tensors)
        where T : struct, Enum =>
        !file.Metadata.TryGetValue(name, out var text) ? defaultValue
        : Enum.TryParse<T>(text, out var named) && named.ToString() == text ? named
        : throw tensors.Unusable($"its {name} is '{text}', but must be one of {string.Join(", ", Enum.GetNames<T>())}");
}
