using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using MnistML.Onnx;

namespace MnistML.Benchmarks.Fuzz.Models;

/// <summary>Spoils the networks in zips: their bytes or their parts, with fitting lengths and checksums.</summary>
internal sealed class OnnxMutator(Random random)
{
    private const string Entry = "/OnnxModel";

    private static readonly long[] TellingSizes = [0, -1, 1, 2, 4, 1 << 20, int.MaxValue, 1L << 32, long.MaxValue, long.MinValue];
    private static readonly float[] TellingFloats =
        [0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, -1];
    private static readonly string[] TellingTexts =
    [
        "", "[]", "{}", "null", "[null]", "[1]", "{\"a\":1}", "\0", "../x", "Relu",
        "Features", "MnistML", "99", "[\"a\",\"b\",\"c\",\"d\"]",
    ];

    private readonly ByteSpoiler _bytes = new(random);

    public byte[] Mutate(byte[] zip)
    {
        var parts = ZipParts.Read(zip);
        int[] places = [.. Enumerable.Range(0, parts.Count).Where(index => parts[index].Path.EndsWith(Entry, StringComparison.Ordinal))];
        var place = _bytes.Pick(places);
        var onnx = parts[place].Content[sizeof(int)..];
        var spoilt = random.Next(3) == 0 ? _bytes.Spoil(onnx) : SpoilModel(onnx);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, spoilt.Length);
        parts[place] = parts[place] with { Content = [.. length, .. spoilt] };
        return ZipParts.Write(parts, CompressionLevel.Fastest);
    }

    private byte[] SpoilModel(byte[] onnx)
    {
        var model = ModelProto.Parser.ParseFrom(onnx);
        for (var times = 1 + random.Next(2); times > 0; times--)
        {
            SpoilOnce(model);
        }

        return model.ToByteArray();
    }

    private void SpoilOnce(ModelProto model)
    {
        var graph = model.Graph;
        switch (random.Next(12))
        {
            case 0:
                model.ProducerName = _bytes.Pick(TellingTexts);
                break;
            case 1:
                model.IrVersion = _bytes.Pick(TellingSizes);
                break;
            case 2:
                var property = _bytes.Pick(model.MetadataProps);
                property.Value = random.Next(2) == 0 ? _bytes.Pick(TellingTexts) : property.Value[random.Next(property.Value.Length)..];
                break;
            case 3:
                model.MetadataProps.RemoveAt(random.Next(model.MetadataProps.Count));
                model.MetadataProps.Add(new StringStringEntryProto { Key = _bytes.Pick(TellingTexts), Value = _bytes.Pick(TellingTexts) });
                break;
            case 4:
                graph.Input[0].Name = _bytes.Pick([.. TellingTexts, graph.Output[0].Name]);
                break;
            case 5:
                graph.Output[0].Name = _bytes.Pick([.. TellingTexts, graph.Input[0].Name]);
                break;
            case 6:
                SpoilNode(graph);
                break;
            default:
                SpoilTensor(_bytes.Pick(graph.Initializer), graph);
                break;
        }
    }

    private void SpoilNode(GraphProto graph)
    {
        var node = _bytes.Pick(graph.Node);
        switch (random.Next(4))
        {
            case 0:
                graph.Node.Remove(node);
                graph.Node.Add(new NodeProto());
                break;
            case 1:
                graph.Node.Add(node.Clone());
                break;
            case 2:
                node.OpType = _bytes.Pick([.. TellingTexts, "Loop", "If", "Constant", "Identity", "Expand"]);
                break;
            default:
                node.Attribute.Add(
                    new AttributeProto { Name = "value", T = External("x"), G = random.Next(2) == 0 ? graph.Clone() : null });
                break;
        }
    }

    private void SpoilTensor(TensorProto tensor, GraphProto graph)
    {
        switch (random.Next(7))
        {
            case 0:
                tensor.MergeFrom(External("../../../etc/passwd"));
                break;
            case 1 when tensor.Dims.Count > 0:
                tensor.Dims[random.Next(tensor.Dims.Count)] = _bytes.Pick(TellingSizes);
                break;
            case 2:
                tensor.Dims.Add(_bytes.Pick(TellingSizes));
                break;
            case 3:
                tensor.RawData = ByteString.CopyFrom(_bytes.SpoilOnce(tensor.RawData.ToByteArray()));
                break;
            case 4:
                tensor.RawData = ByteString.CopyFrom(WithFloat(tensor.RawData.ToByteArray()));
                break;
            case 5:
                tensor.Name = _bytes.Pick(graph.Initializer).Name;
                break;
            default:
                tensor.DataType = random.Next(20);
                break;
        }
    }

    private byte[] WithFloat(byte[] bytes)
    {
        if (bytes.Length >= sizeof(float))
        {
            BinaryPrimitives.WriteSingleLittleEndian(
                bytes.AsSpan(sizeof(float) * random.Next(bytes.Length / sizeof(float))), _bytes.Pick(TellingFloats));
        }

        return bytes;
    }

    private static TensorProto External(string location) => new()
    {
        DataLocation = TensorProto.Types.DataLocation.External,
        ExternalData = { new StringStringEntryProto { Key = "location", Value = location } },
    };
}
