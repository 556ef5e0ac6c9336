using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MnistML.Common;

namespace MnistML.Model;

/// <summary>
/// Named arrays of floats, and text beside them, in the format <a href="https://github.com/huggingface/safetensors#format">safetensors</a>: the
/// length of a JSON header in eight bytes, the header, the values. All numbers are little-endian, as is every system that libtorch runs on.
/// </summary>
internal sealed record SafetensorsFile
{
    /// <summary>The format's own limit.</summary>
    private const int MaxHeaderBytes = 100_000_000;
    private const string MetadataName = "__metadata__";
    private const string SingleType = "F32";

    /// <summary>The format's authors align the values so; spaces at the end of the header make up for what is missing.</summary>
    private const int Alignment = 8;

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; init; }

    /// <summary>Writes a file, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Reads a file, and believes nothing of it before it has looked.</summary>
    /// <exception cref="InvalidDataException">It is not a whole safetensors file of float32 values.</exception>
    public static SafetensorsFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, $"'{path}'");
    }

    /// <summary>Reads what is left of a stream.</summary>
    /// <param name="stream">It can seek, so that its length is known.</param>
    /// <param name="name">What it is, in messages.</param>
    /// <exception cref="InvalidDataException">It is not a whole safetensors file of float32 values.</exception>
    public static SafetensorsFile Read(Stream stream, string name)
    {
        try
        {
            return Read(stream);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{name} is not a safetensors file: its header can't be read. {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{name} is not a whole safetensors file: {error.Message}", error);
        }
    }

    /// <summary>Writes the file's bytes.</summary>
    public void Write(Stream stream)
    {
        var header = new JsonObject { [MetadataName] = new JsonObject(Metadata.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value))) };
        long offset = 0;
        foreach (var (name, tensor) in Tensors)
        {
            var end = offset + ((long)tensor.Values.Length * sizeof(float));
            header[name] = new JsonObject
            {
                ["dtype"] = SingleType,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[sizeof(long)];
        var padding = (Alignment - (text.Length % Alignment)) % Alignment;
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length + padding);
        stream.Write(length);
        stream.Write(text);
        stream.Write("       "u8[..padding]);
        foreach (var tensor in Tensors.Values)
        {
            stream.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
        }
    }

    private static SafetensorsFile Read(Stream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        stream.ReadExactly(length);
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (headerLength < 0 || headerLength > Math.Min(MaxHeaderBytes, stream.Length - stream.Position))
        {
            throw new InvalidDataException($"its header is said to take {headerLength} bytes, but {stream.Length - stream.Position} follow.");
        }

        var text = new byte[headerLength];
        stream.ReadExactly(text);
        using var header = JsonDocument.Parse(text);
        var metadata = new Dictionary<string, string>();
        var tensors = new Dictionary<string, SafetensorsTensor>();
        var dataLength = stream.Length - stream.Position;
        long position = 0;
        foreach (var entry in header.RootElement.EnumerateObject().OrderBy(StartOf))
        {
            if (entry.NameEquals(MetadataName))
            {
                metadata = entry.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
                continue;
            }

            var shape = ShapeOf(entry);
            var values = new float[CountValues(entry, shape, position, dataLength)];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            tensors.Add(entry.Name, new SafetensorsTensor(shape, values));
            position += (long)values.Length * sizeof(float);
        }

        return position == dataLength
            ? new SafetensorsFile { Metadata = metadata, Tensors = tensors }
            : throw new InvalidDataException($"its tensors take {position} bytes, but there are {dataLength} after the header.");
    }

    private static long StartOf(JsonProperty entry) => entry.NameEquals(MetadataName) ? -1 : OffsetsOf(entry).Start;

    private static (long Start, long End) OffsetsOf(JsonProperty entry)
    {
        var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        return offsets is [var start, var end]
            ? (start, end)
            : throw new InvalidDataException($"tensor '{entry.Name}' has {offsets.Length} offsets, but should have two.");
    }

    private static long[] ShapeOf(JsonProperty entry) => [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];

    private static long CountValues(JsonProperty entry, long[] shape, long position, long dataLength)
    {
        var (start, end) = OffsetsOf(entry);
        var count = shape.Aggregate(1L, (product, size) => checked(product * size));
        return entry.Value.GetProperty("dtype").GetString() == SingleType && start == position && end <= dataLength
            && shape.All(size => size >= 0) && end - start == count * sizeof(float)
            ? count
            : throw new InvalidDataException(
                $"tensor '{entry.Name}' is {entry.Value.GetRawText()}, but should be {SingleType}, begin at byte {position} and fit its shape and the file.");
    }
}
