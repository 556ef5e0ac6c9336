using MnistML.Common;
using MnistML.Network.Losses;

namespace MnistML.Training.Rows.Stores;

/// <summary>Rows in memory, as compactly as their values allow: blocks of features, and the targets.</summary>
internal sealed class CompactRowStore
{
    /// <summary>Values in a block: enough that a block's own cost does not matter, few enough for the processor's cache.</summary>
    private const int ValuesInBlock = 1 << 16;

    /// <summary>A row's class, label and weight, and its index in the order of an epoch.</summary>
    private const int BytesBesideFeatures = sizeof(int) + sizeof(float) + sizeof(float) + sizeof(int);

    private readonly int _featureCount;
    private readonly int _rowsInBlock;
    private readonly int _minRows;
    private readonly long _maxBytes;
    private readonly FloatDictionary _palette = new();
    private readonly List<EncodedRows> _blocks = [];
    private readonly List<Target> _targets = [];
    private readonly OpenRows _open;
    private int _blockCount;
    private long _blockBytes;

    /// <param name="featureCount">Features of each row.</param>
    /// <param name="maxBytes">The maximum size of all rows; one block and the minimum number of rows are always held.</param>
    /// <param name="minRows">The minimum number of rows that there is room for, whatever their size.</param>
    public CompactRowStore(int featureCount, long maxBytes, int minRows = 0)
    {
        _minRows = minRows;
        _featureCount = featureCount;
        _rowsInBlock = Math.Max(ValuesInBlock / featureCount, 1);
        _maxBytes = maxBytes;
        _open = new OpenRows(_rowsInBlock, featureCount);
    }

    public int RowCount => _targets.Count;

    /// <summary>What the rows take.</summary>
    public long ByteCount => _blockBytes + ((long)_targets.Count * BytesBesideFeatures) + _open.ByteCount;

    /// <summary>Whether there is room for one more row, whatever its values are.</summary>
    public bool HasRoom => _targets.Count < Math.Max(_rowsInBlock, _minRows)
        || (_targets.Count < Array.MaxLength && (_open.RowCount > 0 || ByteCount + _open.MaxByteCount <= _maxBytes));

    /// <summary>Appends a row.</summary>
    public void Append(RowFeatures features, Target target)
    {
        _targets.Add(target);
        _open.Append(features);
        if (_open.RowCount < _rowsInBlock)
        {
            return;
        }

        if (_blockCount == _blocks.Count)
        {
            _blocks.Add(new EncodedRows());
        }

        var block = _blocks[_blockCount++];
        _open.EncodeTo(block, _palette);
        _open.Clear();
        _blockBytes += block.ByteCount;
    }

    public Target TargetOf(int row) => _targets[row];

    /// <summary>Decodes a row's features, bit for bit.</summary>
    public void CopyFeatures(int row, Span<float> features)
    {
        var (block, rowInBlock) = Math.DivRem(row, _rowsInBlock);
        if (block < _blockCount)
        {
            _blocks[block].Decode(rowInBlock, features, _palette);
        }
        else
        {
            _open.CopyFeatures(rowInBlock, features);
        }
    }

    /// <summary>Appends a row's features that are not zero, bit for bit.</summary>
    public void AppendEntries(int row, SparseRows rows)
    {
        var (block, rowInBlock) = Math.DivRem(row, _rowsInBlock);
        if (block < _blockCount)
        {
            _blocks[block].AppendEntries(rowInBlock, _featureCount, _palette, rows);
        }
        else
        {
            _open.AppendEntries(rowInBlock, rows);
        }
    }

    /// <summary>Removes all rows, and keeps the memory for others.</summary>
    public void Clear()
    {
        _targets.Clear();
        _palette.Clear();
        _open.Clear();
        (_blockCount, _blockBytes) = (0, 0);
    }
}
