using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MnistML.Common;

namespace MnistML.Model;

/// <summary>
/// Named arrays of floats, with text metadata, in the format <a href="https://github.com/huggingface/safetensors#format">safetensors</a>:
/// the length of a JSON header in eight bytes, the header, the values. All numbers are little-endian, as is every system that libtorch runs
/// on.
/// </summary>
internal sealed record SafetensorsFile
{
    /// <summary>The format's own limit.</summary>
    private const int MaxHeaderBytes = 100_000_000;
    private const string MetadataName = "__metadata__";

    /// <summary>PyTorch counts the batches of batch normalisation in a tensor of integers, which no prediction needs.</summary>
    private const string UnusedTensor = "num_batches_tracked";
    private const string UnusedType = "I64";

    /// <summary>The format's authors align the values so; spaces at the end of the header fill the gap.</summary>
    private const int Alignment = 8;

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; init; }

    /// <summary>Writes a file completely or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Reads a file; every size is checked before it is used.</summary>
    /// <exception cref="InvalidDataException">
    /// It is not a complete safetensors file, or its values do not convert to float32 exactly.
    /// </exception>
    public static SafetensorsFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, $"'{path}'");
    }

    /// <summary>Reads a stream from its position to its end.</summary>
    /// <param name="stream">A seekable stream.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <exception cref="InvalidDataException">
    /// It is not a complete safetensors file, or its values do not convert to float32 exactly.
    /// </exception>
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
        catch (NotSupportedException error)
        {
            throw new InvalidDataException($"{name} cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{name} is not a whole safetensors file: {error.Message}", error);
        }
    }

    /// <summary>Writes the file's bytes.</summary>
    public void Write(Stream stream)
    {
        var metadata = Metadata.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value));
        var header = new JsonObject { [MetadataName] = new JsonObject(metadata) };
        long offset = 0;
        foreach (var (name, tensor) in Tensors)
        {
            var end = offset + ((long)tensor.Values.Length * sizeof(float));
            header[name] = new JsonObject
            {
                ["dtype"] = SafetensorsTypes.Single,
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
        if (length.StartsWith("PK\u0003\u0004"u8))
        {
            throw new NotSupportedException(
                "it is a zip archive, as torch.save writes (.pt, .pth), and not a safetensors file. "
                + "Save it in Python with safetensors.torch.save_file(model.state_dict(), path).");
        }

        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (headerLength < 0 || headerLength > Math.Min(MaxHeaderBytes, stream.Length - stream.Position))
        {
            throw new InvalidDataException(
                $"its header is said to take {headerLength} bytes, but {stream.Length - stream.Position} follow.");
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
            var type = entry.Value.GetProperty("dtype").GetString();
            var end = position + CheckSize(entry, type, shape, position, dataLength);
            if (type == UnusedType)
            {
                stream.Seek(end - position, SeekOrigin.Current);
            }
            else
            {
                var count = shape.Aggregate(1L, (product, size) => product * size);
                tensors.Add(entry.Name, new SafetensorsTensor(shape, SafetensorsTypes.Read(stream, type!, count)));
            }

            position = end;
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

    private static long[] ShapeOf(JsonProperty entry) =>
        [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];

    /// <summary>Checks the type, shape and offsets of a tensor, and returns its size in bytes.</summary>
    private static long CheckSize(JsonProperty entry, string? type, long[] shape, long position, long dataLength)
    {
        var isUnused = type == UnusedType && entry.Name.EndsWith(UnusedTensor, StringComparison.Ordinal);
        if ((isUnused ? sizeof(long) : SafetensorsTypes.SizeOf(type)) is not { } itemSize)
        {
            throw new NotSupportedException(
                $"its tensor '{entry.Name}' is of type {type}, but only F32, F16 and BF16 convert exactly. "
                + "Convert the model before saving it, for example with model.float() in PyTorch.");
        }

        var (start, end) = OffsetsOf(entry);
        var count = shape.Aggregate(1L, (product, size) => checked(product * size));
        return start == position && end <= dataLength && shape.All(size => size >= 0) && end - start == checked(count * itemSize)
            ? end - start
            : throw new InvalidDataException(
                $"tensor '{entry.Name}' is {entry.Value.GetRawText()}, "
                + $"but should begin at byte {position} and fit its shape and the file.");
    }
}
