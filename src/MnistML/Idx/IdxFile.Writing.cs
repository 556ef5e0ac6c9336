namespace MnistML.Idx;

/// <content>Writing, to paths and streams.</content>
public sealed partial class IdxFile
{
    /// <summary>Writes a file, gzipped if its name ends with <c>.gz</c>. It appears under its name only when it is whole.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="header">The type and the dimensions.</param>
    /// <param name="elements">The elements as the file holds them: row-major, each big-endian.</param>
    /// <exception cref="ArgumentException">The elements are not as many as the header says.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(string path, IdxHeader header, ReadOnlySpan<byte> elements)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ThrowIfUnfit(header, elements);
        using var writer = new IdxWriter(path, header.Dimensions.Count);
        writer.Write(elements);
        writer.Finish(header);
        writer.Publish();
    }

    /// <summary>Writes raw IDX to a stream, which stays open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="header">The type and the dimensions.</param>
    /// <param name="elements">The elements as the file holds them: row-major, each big-endian.</param>
    /// <exception cref="ArgumentException">The elements are not as many as the header says.</exception>
    /// <exception cref="IOException">The stream can't be written to.</exception>
    public static void Write(Stream stream, IdxHeader header, ReadOnlySpan<byte> elements)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ThrowIfUnfit(header, elements);
        stream.Write(IdxHeaderFormat.ToBytes(header));
        stream.Write(elements);
    }

    /// <summary>
    /// Writes values to a file, gzipped if its name ends with <c>.gz</c>. It appears under its name only when it is whole.
    /// </summary>
    /// <typeparam name="T">Byte, SByte, Int16, Int32, Single or Double, which is the file's element type too.</typeparam>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="dimensions">From 1 to 8 lengths, the first of which counts the items.</param>
    /// <exception cref="ArgumentException">The values are not as many as the dimensions say.</exception>
    /// <exception cref="NotSupportedException">IDX has no such elements.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params IReadOnlyList<int> dimensions)
        where T : unmanaged =>
        Write(path, new IdxHeader(IdxValues.ElementTypeOf<T>(), dimensions), IdxValues.EncodeInPlace<T>(values.ToArray()));

    /// <summary>Writes values to a stream as raw IDX; the stream stays open.</summary>
    /// <typeparam name="T">Byte, SByte, Int16, Int32, Single or Double, which is the element type too.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="dimensions">From 1 to 8 lengths, the first of which counts the items.</param>
    /// <exception cref="ArgumentException">The values are not as many as the dimensions say.</exception>
    /// <exception cref="NotSupportedException">IDX has no such elements.</exception>
    /// <exception cref="IOException">The stream can't be written to.</exception>
    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, params IReadOnlyList<int> dimensions)
        where T : unmanaged =>
        Write(stream, new IdxHeader(IdxValues.ElementTypeOf<T>(), dimensions), IdxValues.EncodeInPlace<T>(values.ToArray()));

    private static void ThrowIfUnfit(IdxHeader header, ReadOnlySpan<byte> elements)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (elements.Length != header.ElementByteCount)
        {
            throw new ArgumentException(
                $"{header} takes {header.ElementByteCount} bytes, but {elements.Length} were given.", nameof(elements));
        }
    }
}
