using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MnistML.Model;

/// <summary>
/// Named arrays of floats, and text beside them, in the format <a href="https://github.com/huggingface/safetensors#format">safetensors</a>: the
/// length of a JSON header in eight bytes, the header, the values. All numbers are little-endian, as is every system that libtorch runs on.
/// </summary>
internal sealed record SafetensorsFile
{
    /// <summary>The format's own limit.</summary>
    private const int LongestHeader = 100_000_000;
    private const string MetadataName = "__metadata__";
    private const string SingleType = "F32";

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyDictionary<string, float[]> Tensors { get; init; }

    /// <summary>
    /// Writes a file. It appears under its name only when it is whole, and replaces one that is there. Until then it is named <c>….tmp</c>, which is
    /// overwritten by the next try if a process was killed meanwhile.
    /// </summary>
    public void Write(string path)
    {
        var temporaryPath = $"{path}.tmp";
        try
        {
            using (var stream = new FileStream(temporaryPath, FileMode.Create, FileAccess.Write))
            {
                Write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporaryPath, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporaryPath);
        }
    }

    /// <summary>Reads a file, and believes nothing of it before it has looked.</summary>
    /// <exception cref="InvalidDataException">It is not a whole safetensors file of float32 values.</exception>
    public static SafetensorsFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return Read(stream);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"'{path}' is not a safetensors file: its header can't be read. {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"'{path}' is not a whole safetensors file: {error.Message}", error);
        }
    }

    private void Write(Stream stream)
    {
        var header = new JsonObject { [MetadataName] = new JsonObject(Metadata.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value))) };
        long offset = 0;
        foreach (var (name, values) in Tensors)
        {
            var end = offset + ((long)values.Length * sizeof(float));
            header[name] = new JsonObject
            {
                ["dtype"] = SingleType,
                ["shape"] = new JsonArray(values.Length),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        stream.Write(length);
        stream.Write(text);
        foreach (var values in Tensors.Values)
        {
            stream.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    private static SafetensorsFile Read(Stream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        stream.ReadExactly(length);
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (headerLength < 0 || headerLength > Math.Min(LongestHeader, stream.Length - sizeof(long)))
        {
            throw new InvalidDataException($"its header is said to take {headerLength} bytes, but the file has {stream.Length}.");
        }

        var text = new byte[headerLength];
        stream.ReadExactly(text);
        using var header = JsonDocument.Parse(text);
        var metadata = new Dictionary<string, string>();
        var tensors = new Dictionary<string, float[]>();
        var dataLength = stream.Length - stream.Position;
        long position = 0;
        foreach (var entry in header.RootElement.EnumerateObject().OrderBy(StartOf))
        {
            if (entry.NameEquals(MetadataName))
            {
                metadata = entry.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
                continue;
            }

            var values = new float[CountValues(entry, position, dataLength)];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            tensors.Add(entry.Name, values);
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

    private static long CountValues(JsonProperty entry, long position, long dataLength)
    {
        var (start, end) = OffsetsOf(entry);
        var count = entry.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, size) => checked(product * size.GetInt64()));
        return entry.Value.GetProperty("dtype").GetString() == SingleType && start == position && end <= dataLength && count >= 0 && end - start == count * sizeof(float)
            ? count
            : throw new InvalidDataException(
                $"tensor '{entry.Name}' is {entry.Value.GetRawText()}, but should be {SingleType}, begin at byte {position} and fit its shape and the file.");
    }
}
