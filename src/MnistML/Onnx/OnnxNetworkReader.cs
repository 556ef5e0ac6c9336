using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MnistML.Common;

namespace MnistML.Onnx;

/// <summary>Reads a network from the constants of an ONNX graph.</summary>
/// <param name="constants">The constants by their names in <see cref="OnnxConstantNames"/>.</param>
internal sealed class OnnxNetworkReader(IReadOnlyDictionary<string, TensorProto> constants)
{
    /// <summary>Reads the network.</summary>
    /// <param name="input">The graph's input, which has the number of features.</param>
    /// <param name="activation">The function after each hidden layer.</param>
    /// <param name="task">What it predicts.</param>
    /// <param name="memberCount">The number of members.</param>
    /// <exception cref="InvalidDataException">The constants are not those of a network; the message says why.</exception>
    public MlpModelParameters Read(ValueInfoProto input, MlpActivation activation, MlpTask task, int memberCount)
    {
        var encoding = ReadEncoding(input);
        var first = ReadFirstLayer();
        var joined = ReadJoined();
        if (first.Shape.OutputSize % memberCount != 0)
        {
            throw new InvalidDataException(
                $"the ONNX model's first layer has {first.Shape.OutputSize} units, which {memberCount} members can't share.");
        }

        MlpModelParameters[] members =
        [
            .. Enumerable.Range(0, memberCount).Select(
                member => ToModel(LayersOf(first, joined, member, memberCount), encoding, activation, task)),
        ];
        return memberCount == 1 ? members[0]
            : members.All(member => member.Architecture == members[0].Architecture) ? new MlpModelParameters(members)
            : throw new InvalidDataException(
                $"the ONNX model's members have the sizes {string.Join(", ", members.Select(member => member.Architecture))}, "
                + "but all must have the same.");
    }

    /// <summary>The first layer of all members, whichever way its weights are stored.</summary>
    private MlpLayerParameters ReadFirstLayer()
    {
        const int First = 0;
        return constants.ContainsKey(OnnxConstantNames.SparseWeightsName)
            ? ReadMatrix(
                OnnxConstantNames.SparseWeightsName,
                First,
                (inputs, outputs, values) => new MlpLayerParameters(
                    new MlpLayerShape(inputs, outputs),
                    FloatMatrix.Transpose(values, inputs, outputs),
                    ReadFloats(OnnxConstantNames.BiasesName(First), outputs)))
            : ReadLayer(First, member: null);
    }

    /// <summary>The last layers of all members in one, if they are; read once, however many members there are.</summary>
    private (int Index, MlpLayerParameters Layer)? ReadJoined()
    {
        var layer = Enumerable.Range(1, constants.Count).FirstOrDefault(i => constants.ContainsKey(OnnxConstantNames.WeightsName(i)));
        return layer == 0 ? null : (layer, ReadLayer(layer, member: null));
    }

    private List<MlpLayerParameters> LayersOf(
        MlpLayerParameters first, (int Index, MlpLayerParameters Layer)? joined, int member, int memberCount)
    {
        int? name = memberCount == 1 ? null : member;
        var layers = new List<MlpLayerParameters> { StackedLayers.PartOf(first, member, memberCount) };
        while (constants.ContainsKey(OnnxConstantNames.WeightsName(layers.Count, name)))
        {
            layers.Add(ReadLayer(layers.Count, name));
        }

        if (memberCount > 1 && joined is { } last && last.Index == layers.Count)
        {
            layers.Add(StackedLayers.BlockOf(last.Layer, member, memberCount));
        }

        return layers;
    }

    private static MlpModelParameters ToModel(
        List<MlpLayerParameters> layers, MlpEncoding? encoding, MlpActivation activation, MlpTask task)
    {
        var fits = layers.Zip(layers.Skip(1), (layer, next) => layer.Shape.OutputSize == next.Shape.InputSize);
        if (fits.Contains(false) || (encoding is not null && encoding.Columns.Count != layers[0].Shape.InputSize))
        {
            throw new InvalidDataException($"the ONNX model has {layers.Count} layers, which don't make a network.");
        }

        var outputSize = layers[^1].Shape.OutputSize;
        return task == MlpTask.Multiclass || outputSize == 1
            ? MlpModelParameters.FromLayers(layers, encoding, activation, task)
            : throw new InvalidDataException($"the ONNX model is for {task}, but has {outputSize} outputs instead of one.");
    }

    private MlpEncoding? ReadEncoding(ValueInfoProto input)
    {
        if (!constants.ContainsKey(OnnxConstantNames.BinsName))
        {
            return null;
        }

        long[] values = ReadIntegers(OnnxConstantNames.ValuesName), bins = ReadIntegers(OnnxConstantNames.BinsName);
        var (low, high) = (
            ReadFloats(OnnxConstantNames.LowName, bins.Length), ReadFloats(OnnxConstantNames.HighName, bins.Length));
        var featureCount = input.Type?.TensorType?.Shape?.Dim is [_, { DimValue: >= 1 and <= int.MaxValue and var count }] ? (int)count : 0;
        try
        {
            return new MlpEncoding(
                featureCount,
                [
                    .. values.Select(value => new MlpEncodedColumn(checked((int)value))),
                    .. bins.Select((bin, i) => new MlpEncodedColumn(checked((int)bin), low[i], high[i])),
                ]);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"the ONNX model's encoding can't be used: {error.Message}.", error);
        }
    }

    private MlpLayerParameters ReadLayer(int layer, int? member) => ReadMatrix(
        OnnxConstantNames.WeightsName(layer, member),
        layer,
        (outputs, inputs, values) => new MlpLayerParameters(
            new MlpLayerShape(inputs, outputs), values, ReadFloats(OnnxConstantNames.BiasesName(layer, member), outputs)));

    private MlpLayerParameters ReadMatrix(string name, int layer, Func<int, int, float[], MlpLayerParameters> create)
    {
        var dimensions = constants.GetValueOrDefault(name)?.Dims;
        return dimensions is [>= 1 and <= int.MaxValue and var rows, >= 1 and <= int.MaxValue and var columns]
            ? create((int)rows, (int)columns, ReadFloats(name, rows * columns))
            : throw new InvalidDataException(
                dimensions is null
                    ? "the ONNX model has 0 layers, which don't make a network."
                    : $"the ONNX model's weights of layer {layer} have the shape "
                        + $"[{string.Join(", ", dimensions.Select(size => size.ToString(CultureInfo.InvariantCulture)))}].");
    }

    private long[] ReadIntegers(string name)
    {
        var bytes = constants.TryGetValue(name, out var tensor) ? tensor.RawData.Span : default;
        return MemoryMarshal.Cast<byte, long>(bytes).ToArray();
    }

    public bool Has(string name) => constants.ContainsKey(name);

    /// <summary>Reads the values of a constant; nothing is allocated for values that are not there.</summary>
    public float[] ReadFloats(string name, long count)
    {
        var bytes = constants.TryGetValue(name, out var tensor) ? tensor.RawData.Span : default;
        if (tensor?.DataType == (int)TensorProto.Types.DataType.Float16 && bytes.Length == count * Unsafe.SizeOf<Half>())
        {
            return Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), half => (float)half);
        }

        return bytes.Length % sizeof(float) == 0 && bytes.Length / sizeof(float) == count
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : throw new InvalidDataException(
                $"the ONNX model's constant '{name}' has {bytes.Length} bytes, but {count} floats were expected.");
    }
}
