namespace MnistML.Data.Loading;

/// <summary>
/// The rows that one cursor reads in a pass. The pass goes through the rows in the file's order or in a given one, cut into batches; of
/// several cursors each takes every n-th batch, so that whoever merges them by batch number never waits long for one of them.
/// </summary>
internal sealed class IdxPass
{
    /// <summary>
    /// A cursor's batch: some blocks of a file, so that it is read in order, and few enough rows that all cursors get as much to do.
    /// </summary>
    private const int MaxRowsInBatch = 1024;
    private const int MinBatchesEach = 8;

    private readonly int _rowCount;
    private readonly int[]? _order;
    private readonly int _rowsInBatch;
    private readonly int _cursorIndex;
    private readonly int _cursorCount;

    private IdxPass(int rowCount, int[]? order, int rowsInBatch, int cursorIndex, int cursorCount)
    {
        _rowCount = rowCount;
        _order = order;
        _rowsInBatch = rowsInBatch;
        _cursorIndex = cursorIndex;
        _cursorCount = cursorCount;
    }

    /// <summary>All rows, for one cursor.</summary>
    public static IdxPass Whole(int rowCount, int[]? order) => new(rowCount, order, Math.Max(rowCount, 1), cursorIndex: 0, cursorCount: 1);

    /// <summary>The parts of several cursors, at most one for each row.</summary>
    public static IdxPass[] Split(int rowCount, int[]? order, int cursorCount)
    {
        var count = Math.Clamp(cursorCount, 1, Math.Max(rowCount, 1));
        if (count == 1)
        {
            return [Whole(rowCount, order)];
        }

        var rowsInBatch = Math.Clamp(rowCount / (count * MinBatchesEach), 1, MaxRowsInBatch);
        return [.. Enumerable.Range(0, count).Select(index => new IdxPass(rowCount, order, rowsInBatch, index, count))];
    }

    /// <summary>The row and the batch at a position of this part, counted from 0; false where it ends.</summary>
    public bool TryGet(long position, out int row, out long batch)
    {
        var (ownBatch, offset) = Math.DivRem(position, _rowsInBatch);
        batch = (ownBatch * _cursorCount) + _cursorIndex;
        var index = (batch * _rowsInBatch) + offset;
        var exists = index < _rowCount;
        row = !exists ? -1 : _order?[index] ?? (int)index;
        return exists;
    }
}
