using System.Globalization;
using System.Text.RegularExpressions;

namespace MnistML.Model;

/// <summary>
/// Reads fully connected layers from the tensors of PyTorch's <c>nn.Sequential</c>: the numbers in the tensors' names order the modules.
/// Batch normalisation (<c>nn.BatchNorm1d</c>) is folded into the layer before it, or else into the layer after it.
/// </summary>
/// <param name="tensors">The tensors by name.</param>
/// <param name="fileName">The name of the file, for error messages.</param>
internal sealed partial class StateDict(IReadOnlyDictionary<string, SafetensorsTensor> tensors, string fileName)
{
    /// <summary>PyTorch's default; a state dict does not hold it.</summary>
    private const double BatchNormalizationEpsilon = 1e-5;

    private string _prefix = "";

    /// <summary>The layers from the input on.</summary>
    /// <exception cref="InvalidDataException">
    /// The tensors are not those of a multi-layer perceptron; the message says what was found.
    /// </exception>
    public List<MlpLayerParameters> ReadLayers()
    {
        var modules = ReadModules();
        var layers = new SortedDictionary<int, MlpLayerParameters>();
        foreach (var (number, parts) in modules.Where(module => !IsNormalization(module.Value)))
        {
            var isNormalizedNext = modules.TryGetValue(number + 1, out var next) && IsNormalization(next);
            layers.Add(number, ToLayer(number, parts, isBiasOptional: isNormalizedNext));
        }

        foreach (var (number, parts) in modules.Where(module => IsNormalization(module.Value)))
        {
            Fold(number, parts, layers);
        }

        return [.. layers.Values];
    }

    public InvalidDataException Unusable(string why) => new($"{fileName} holds no network that can be taken over: {why}.");

    [GeneratedRegex(@"^(?<prefix>.*?)(?<number>[0-9]{1,6})\.(?<kind>weight|bias|running_mean|running_var)$")]
    private static partial Regex TensorName();

    private static bool IsNormalization(Dictionary<string, SafetensorsTensor> parts) =>
        parts.ContainsKey("running_mean") || parts.ContainsKey("running_var");

    private SortedDictionary<int, Dictionary<string, SafetensorsTensor>> ReadModules()
    {
        var parts = tensors.Select(tensor => (Match: TensorName().Match(tensor.Key), Name: tensor.Key, Tensor: tensor.Value)).ToArray();
        if (parts.FirstOrDefault(part => !part.Match.Success).Name is { } other)
        {
            throw Unusable(
                $"it holds the tensor '{other}', but only those of fully connected layers and of batch normalisation, "
                + "named like '1.weight', '1.bias' and '2.running_mean', can be read");
        }

        string[] prefixes = [.. parts.Select(part => part.Match.Groups["prefix"].Value).Distinct()];
        if (prefixes.Length != 1)
        {
            throw Unusable(
                parts.Length == 0
                    ? "it holds no tensors"
                    : $"it holds {prefixes.Length} networks, whose tensors begin with "
                        + $"{string.Join(", ", prefixes.Select(prefix => $"'{prefix}'"))}");
        }

        _prefix = prefixes[0];
        var modules = new SortedDictionary<int, Dictionary<string, SafetensorsTensor>>();
        foreach (var (match, name, tensor) in parts)
        {
            ThrowIfNotFinite(name, tensor);
            var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
            modules.TryAdd(number, []);
            if (!modules[number].TryAdd(match.Groups["kind"].Value, tensor))
            {
                throw Unusable($"it holds the tensor '{name}' twice, written with other zeros");
            }
        }

        return modules;
    }

    private void ThrowIfNotFinite(string name, SafetensorsTensor tensor)
    {
        var index = Array.FindIndex(tensor.Values, value => !float.IsFinite(value));
        if (index >= 0)
        {
            var place = tensor.Shape is [_, var columns] ? $"{index / columns}, {index % columns}" : $"{index}";
            throw Unusable(
                $"'{name}' is {tensor.Values[index].ToString(CultureInfo.InvariantCulture)} at index [{place}], but all values must be "
                + "finite; the training diverged, or the numbers are too large for their type");
        }
    }

    private MlpLayerParameters ToLayer(int number, Dictionary<string, SafetensorsTensor> parts, bool isBiasOptional)
    {
        var (weights, biases) = (parts.GetValueOrDefault("weight"), parts.GetValueOrDefault("bias"));
        if (weights?.Shape is [>= 1 and <= int.MaxValue and var outputs, >= 1 and <= int.MaxValue and var inputs]
            && (biases is null ? isBiasOptional : biases.Shape is [var count] && count == outputs))
        {
            return new MlpLayerParameters(
                new MlpLayerShape((int)inputs, (int)outputs), weights.Values, biases?.Values ?? new float[outputs]);
        }

        throw Unusable(
            $"'{_prefix}{number}.weight' is {Describe(weights)} and '{_prefix}{number}.bias' {Describe(biases)}, but a fully connected "
            + "layer has weights of shape [outputs, inputs] and as many biases as outputs");
    }

    private static string Describe(SafetensorsTensor? tensor) =>
        tensor is null ? "missing" : $"of shape [{string.Join(", ", tensor.Shape)}]";

    /// <summary>
    /// In PyTorch's order, layer, normalisation, activation, the layer before is adjacent; otherwise the layer after must be.
    /// </summary>
    private void Fold(int number, Dictionary<string, SafetensorsTensor> parts, SortedDictionary<int, MlpLayerParameters> layers)
    {
        if (layers.TryGetValue(number - 1, out var before))
        {
            var (scale, shift) = ReadScaleAndShift(number, parts, before.Shape.OutputSize);
            layers[number - 1] = Finite(number, FoldIntoOutputs(before, scale, shift));
        }
        else if (layers.TryGetValue(number + 1, out var after))
        {
            var (scale, shift) = ReadScaleAndShift(number, parts, after.Shape.InputSize);
            layers[number + 1] = Finite(number, FoldIntoInputs(after, scale, shift));
        }
        else
        {
            throw Unusable(
                $"'{_prefix}{number}' is batch normalisation without a fully connected layer directly before or after it, "
                + "so it cannot be folded; fold it in PyTorch before saving");
        }
    }

    /// <summary>A variance near 0 makes weights that no float holds.</summary>
    private MlpLayerParameters Finite(int number, MlpLayerParameters layer) =>
        layer.Weights.ToArray().Concat(layer.Biases.ToArray()).All(float.IsFinite)
            ? layer
            : throw Unusable(
                $"folding '{_prefix}{number}', a batch normalisation, into its layer gives numbers that no float holds; "
                + "look at its weights and variances");

    private (double[] Scale, double[] Shift) ReadScaleAndShift(int number, Dictionary<string, SafetensorsTensor> parts, int size)
    {
        var means = Values("running_mean", fallback: null);
        var variances = Values("running_var", fallback: null);
        var weights = Values("weight", fallback: 1);
        var biases = Values("bias", fallback: 0);
        double[] scale = [.. weights.Zip(variances, (weight, variance) => weight / Math.Sqrt(variance + BatchNormalizationEpsilon))];
        return (scale, [.. Enumerable.Range(0, size).Select(i => biases[i] - (means[i] * scale[i]))]);

        double[] Values(string kind, double? fallback)
        {
            var tensor = parts.GetValueOrDefault(kind);
            if (tensor is null && fallback is { } value)
            {
                return [.. Enumerable.Repeat(value, size)];
            }

            return tensor?.Shape is [var count] && count == size && (kind != "running_var" || tensor.Values.All(variance => variance >= 0))
                ? [.. tensor.Values.Select(item => (double)item)]
                : throw Unusable(
                    $"'{_prefix}{number}.{kind}' is {Describe(tensor)}, but this batch normalisation needs {size} values"
                    + $"{(kind == "running_var" ? ", none below 0" : "")}");
        }
    }

    /// <summary><c>scale · (W·x + b) + shift</c> as one layer.</summary>
    private static MlpLayerParameters FoldIntoOutputs(MlpLayerParameters layer, double[] scale, double[] shift)
    {
        var inputs = layer.Shape.InputSize;
        float[] weights = [.. layer.Weights.ToArray().Select((weight, i) => (float)(weight * scale[i / inputs]))];
        float[] biases = [.. layer.Biases.ToArray().Select((bias, i) => (float)((bias * scale[i]) + shift[i]))];
        return new MlpLayerParameters(layer.Shape, weights, biases);
    }

    /// <summary><c>W·(scale · x + shift) + b</c> as one layer.</summary>
    private static MlpLayerParameters FoldIntoInputs(MlpLayerParameters layer, double[] scale, double[] shift)
    {
        var inputs = layer.Shape.InputSize;
        var before = layer.Weights.ToArray();
        float[] weights = [.. before.Select((weight, i) => (float)(weight * scale[i % inputs]))];
        float[] biases =
        [
            .. layer.Biases.ToArray().Select((bias, row) =>
                (float)(bias + Enumerable.Range(0, inputs).Sum(i => before[(row * inputs) + i] * shift[i]))),
        ];
        return new MlpLayerParameters(layer.Shape, weights, biases);
    }
}
