namespace MnistML.Idx;

/// <summary>
/// Reads the items of an <see cref="IdxFile"/> in any order, fastest in the file's own. A reader is not thread-safe, but a file may have
/// many readers. It keeps a raw file open until it is disposed.
/// </summary>
public sealed class IdxReader : IDisposable
{
    /// <summary>
    /// The size of the read buffer, unless a single item is larger: large enough that the cost of read calls does not matter.
    /// </summary>
    private const int BlockByteCount = 1 << 18;

    private readonly IByteSource _source;
    private readonly int _itemByteCount;
    private readonly int _maxItemsInBlock;
    private byte[] _block = [];
    private int _firstItemInBlock;
    private int _itemsInBlock;

    internal IdxReader(IdxHeader header, IByteSource source)
    {
        Header = header;
        _source = source;
        _itemByteCount = (int)header.ItemByteCount;
        _maxItemsInBlock = Math.Max(BlockByteCount / Math.Max(_itemByteCount, 1), 1);
    }

    /// <summary>The file's header.</summary>
    public IdxHeader Header { get; }

    /// <summary>The elements of one item, such as an image, as the file holds them: row-major, each big-endian.</summary>
    /// <param name="index">The item, from 0 up to, not including, the number of items.</param>
    /// <returns>Bytes that are valid until the next call.</returns>
    /// <exception cref="IOException">The file can't be read, or has been cut short since it was opened.</exception>
    public ReadOnlySpan<byte> ReadItem(int index)
    {
        if ((uint)(index - _firstItemInBlock) >= (uint)_itemsInBlock)
        {
            Fill(index);
        }

        return _block.AsSpan((index - _firstItemInBlock) * _itemByteCount, _itemByteCount);
    }

    /// <summary>The values of one item, such as an image, row-major.</summary>
    /// <typeparam name="T">The .NET type of the file's elements: Byte, SByte, Int16, Int32, Single or Double.</typeparam>
    /// <param name="index">The item, from 0 up to, not including, the number of items.</param>
    /// <param name="values">Receives the values; as long as an item has elements.</param>
    /// <exception cref="ArgumentException">The file's elements are of another type, or an item has a different number of them.</exception>
    /// <exception cref="IOException">The file can't be read, or has been cut short since it was opened.</exception>
    public void ReadItem<T>(int index, Span<T> values)
        where T : unmanaged
    {
        if (IdxValues.TypeOf(Header.ElementType) != typeof(T))
        {
            throw new ArgumentException($"The file's elements are {Header.ElementType}, and can't be read as {typeof(T)}.", nameof(values));
        }

        if ((long)values.Length * Header.ElementSize != _itemByteCount)
        {
            throw new ArgumentException(
                $"An item of {Header} has {_itemByteCount / Header.ElementSize} elements, but there is room for {values.Length}.",
                nameof(values));
        }

        IdxValues.Decode(ReadItem(index), values);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    /// <summary>Reads twice as many items as before if the next one is requested, otherwise one item.</summary>
    private void Fill(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Header.ItemCount);
        var isNext = index == _firstItemInBlock + _itemsInBlock;
        var wanted = isNext ? Math.Min(Math.Max(_itemsInBlock, 1) * 2L, _maxItemsInBlock) : 1;
        var count = (int)Math.Min(wanted, Header.ItemCount - index);
        if (_block.Length == 0)
        {
            // Allocated once at full size, so that later reads do not allocate.
            _block = GC.AllocateUninitializedArray<byte>(Math.Min(_maxItemsInBlock, Header.ItemCount) * _itemByteCount);
        }

        _itemsInBlock = 0;
        _source.Read((long)index * _itemByteCount, _block.AsSpan(0, count * _itemByteCount));
        (_firstItemInBlock, _itemsInBlock) = (index, count);
    }
}
