namespace MnistML.Training;

/// <summary>Rows in memory, as compactly as their values allow: blocks of features, and the classes and weights.</summary>
internal sealed class RowStore
{
    /// <summary>What a block is made of: large enough that its own cost is nothing, small enough for the processor's cache.</summary>
    private const int ValuesInBlock = 1 << 16;

    /// <summary>A row's class, its weight, and its place in the order of an epoch.</summary>
    private const int BytesBesideFeatures = sizeof(int) + sizeof(float) + sizeof(int);

    private readonly int _featureCount;
    private readonly int _rowsInBlock;
    private readonly long _maxBytes;
    private readonly RowPalette _palette = new();
    private readonly List<RowBlock> _blocks = [];
    private readonly List<RowTag> _tags = [];
    private readonly float[] _open;
    private int _blockCount;
    private long _blockBytes;

    /// <param name="featureCount">Features of each row.</param>
    /// <param name="maxBytes">What all rows may take; one block is always held.</param>
    public RowStore(int featureCount, long maxBytes)
    {
        _featureCount = featureCount;
        _rowsInBlock = Math.Max(ValuesInBlock / featureCount, 1);
        _maxBytes = maxBytes;
        _open = new float[_rowsInBlock * featureCount];
    }

    public int RowCount => _tags.Count;

    /// <summary>What the rows take.</summary>
    public long ByteCount => _blockBytes + ((long)_tags.Count * BytesBesideFeatures) + ((long)_open.Length * sizeof(float));

    /// <summary>Whether there is room for one more row, whatever its values are.</summary>
    public bool HasRoom => _tags.Count < _rowsInBlock
        || (_tags.Count < Array.MaxLength && (OpenRows > 0 || ByteCount + ((long)_open.Length * sizeof(float)) <= _maxBytes));

    private int OpenRows => _tags.Count - (_blockCount * _rowsInBlock);

    /// <summary>The memory that the next row's features go to, before <see cref="Append"/>.</summary>
    public Span<float> NextRow => _open.AsSpan(OpenRows * _featureCount, _featureCount);

    /// <summary>Takes in the row whose features stand in <see cref="NextRow"/>.</summary>
    public void Append(RowTag tag)
    {
        _tags.Add(tag);
        if (OpenRows < _rowsInBlock)
        {
            return;
        }

        if (_blockCount == _blocks.Count)
        {
            _blocks.Add(new RowBlock());
        }

        var block = _blocks[_blockCount++];
        block.Encode(_open, _featureCount, _palette);
        _blockBytes += block.ByteCount;
    }

    public RowTag TagOf(int row) => _tags[row];

    /// <summary>Gives a row's features back, bit for bit.</summary>
    public void CopyFeatures(int row, Span<float> features)
    {
        var (block, rowInBlock) = Math.DivRem(row, _rowsInBlock);
        if (block < _blockCount)
        {
            _blocks[block].Decode(rowInBlock, features, _palette);
        }
        else
        {
            _open.AsSpan(rowInBlock * _featureCount, _featureCount).CopyTo(features);
        }
    }

    /// <summary>Forgets all rows, and keeps the memory for others.</summary>
    public void Clear()
    {
        _tags.Clear();
        _palette.Clear();
        (_blockCount, _blockBytes) = (0, 0);
    }
}
