namespace MnistML.Idx;

/// <summary>
/// An IDX file: a header, and elements that are read item by item. A raw file is read from disk on demand; the content of a gzip file or a
/// stream is held in memory. Instances are thread-safe.
/// </summary>
public sealed partial class IdxFile
{
    /// <summary>The default limit on the unpacked size of a gzip file or stream: 2 GiB, forty times MNIST.</summary>
    public const long DefaultMaxUnpackedBytes = 1L << 31;

    private readonly Func<IByteSource> _open;

    private IdxFile(string name, IdxHeader header, Func<IByteSource> open)
    {
        Name = name;
        Header = header;
        _open = open;
    }

    /// <summary>The path of the file, or the name given for a stream.</summary>
    public string Name { get; }

    /// <summary>The type of the elements, and the length of each dimension.</summary>
    public IdxHeader Header { get; }

    /// <summary>Reads a file, raw or gzipped, recognised by its content.</summary>
    /// <param name="path">The file. If it is raw, only its header is read now; a raw file may have any size.</param>
    /// <param name="maxUnpackedBytes">The most that a gzip file may unpack to, in bytes.</param>
    /// <exception cref="InvalidDataException">
    /// The content is not a whole IDX file; the message names the file, what was found and what was expected.
    /// </exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IdxFile Read(string path, long maxUnpackedBytes = DefaultMaxUnpackedBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a folder, but an IDX file was expected: name the file that is in it.");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (!file.CanSeek)
        {
            return Read(file, path, maxUnpackedBytes);
        }

        var start = ReadStart(file);
        file.Position = 0;
        return IsGzip(start)
            ? ReadGzip(file, path, MaxUnpackedBytes(file.Length), maxUnpackedBytes)
            : OpenRaw(file, path);
    }

    /// <summary>Reads a stream from its position to its end, raw or gzipped, recognised by its content. The stream stays open.</summary>
    /// <param name="stream">The stream; it need not be able to seek.</param>
    /// <param name="name">The name used in error messages.</param>
    /// <param name="maxUnpackedBytes">The most that is held in memory, in bytes.</param>
    /// <exception cref="InvalidDataException">
    /// The content is not a whole IDX file; the message says what was found and what was expected.
    /// </exception>
    /// <exception cref="IOException">The stream can't be read.</exception>
    public static IdxFile Read(Stream stream, string name = "stream", long maxUnpackedBytes = DefaultMaxUnpackedBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var start = ReadStart(stream);
        var whole = new PrefixedStream(start, stream);
        return IsGzip(start)
            ? ReadGzip(whole, name, maxBytes: long.MaxValue, maxUnpackedBytes)
            : ReadIntoMemory(whole, name, maxBytes: long.MaxValue, maxUnpackedBytes);
    }

    /// <summary>Opens a reader of the items. Each thread needs its own.</summary>
    /// <exception cref="IOException">A raw file can't be opened again, or its length has changed.</exception>
    public IdxReader OpenReader() => new(Header, _open());

    /// <summary>Reads all elements, row-major.</summary>
    /// <typeparam name="T">The .NET type of the file's elements: Byte, SByte, Int16, Int32, Single or Double.</typeparam>
    /// <exception cref="ArgumentException">The file's elements are of another type.</exception>
    /// <exception cref="OverflowException">There are more than fit into an array.</exception>
    /// <exception cref="IOException">The file can't be read, or has been cut short since it was opened.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        if (IdxValues.TypeOf(Header.ElementType) != typeof(T))
        {
            throw new ArgumentException($"'{Name}' holds {Header}, whose elements can't be read as {typeof(T)}.");
        }

        var itemLength = (int)(Header.ItemByteCount / Header.ElementSize);
        var values = new T[checked(Header.ItemCount * itemLength)];
        using var reader = OpenReader();
        for (var i = 0; i < Header.ItemCount; i++)
        {
            reader.ReadItem(i, values.AsSpan(i * itemLength, itemLength));
        }

        return values;
    }
}
