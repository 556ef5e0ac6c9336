using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common.DataViews;

namespace MnistML.Scoring.Cursors;

/// <summary>
/// A cursor with the logits appended that reads rows ahead and scores them in batches, which takes a fraction of the time of scoring row by
/// row. While one batch is read or consumed, other threads score others. The values of all active columns are buffered: a second cursor
/// beside the first might return the rows in another order. It owns the cursor of the input.
/// </summary>
internal sealed class BatchedLogitsCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _input;
    private readonly LogitsMapper _mapper;
    private readonly bool _isLogitsActive;
    private readonly BatchQueue _batches;
    private readonly Queue<LogitsBatch> _ahead = new();
    private readonly Dictionary<int, BufferedColumn> _columns;
    private readonly Action<LogitsBatch, int> _readFeatures;
    private readonly ValueGetter<DataViewRowId> _getId;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _inputBatches;
    private LogitsBatch? _current;
    private int _row;
    private long _position = -1;
    private ExceptionDispatchInfo? _failure;
    private bool _isInputAtEnd;

    /// <param name="mapper">Binds the network to the input's schema.</param>
    /// <param name="input">The cursor of the input; all columns that are needed are active.</param>
    /// <param name="activeColumns">The columns of the output that may be read.</param>
    public BatchedLogitsCursor(LogitsMapper mapper, DataViewRowCursor input, IReadOnlyCollection<DataViewSchema.Column> activeColumns)
    {
        _input = input;
        _mapper = mapper;
        _isLogitsActive = activeColumns.Any(mapper.IsLogits);
        _batches = new BatchQueue(mapper);
        try
        {
            _columns = activeColumns.Where(column => !mapper.IsLogits(column)).Select(column => column.Index).Distinct()
                .ToDictionary(index => index, index => BufferedColumn.Create(input, mapper.InputSchema[index], _batches.Capacity));
            _readFeatures = CreateFeatureReader();
            _getId = input.GetIdGetter();
            _ids = new DataViewRowId[_batches.Capacity];
            _inputBatches = new long[_batches.Capacity];
        }
        catch
        {
            _batches.Dispose();
            throw;
        }
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _position;

    public override long Batch => _current is null ? _input.Batch : _inputBatches[CurrentRow()];

    public override bool MoveNext()
    {
        if (_current is { } batch && _row + 1 < batch.RowCount)
        {
            _row++;
        }
        else if (!MoveToNextBatch())
        {
            _position = -1;
            return false;
        }

        _position++;
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[CurrentRow()];

    public override bool IsColumnActive(DataViewSchema.Column column) =>
        _mapper.IsLogits(column) ? _isLogitsActive : _columns.ContainsKey(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw ColumnErrors.NotActive(column);
        }

        var getter = _mapper.IsLogits(column) ? (ValueGetter<VBuffer<float>>)GetLogits : _columns[column.Index].CreateGetter(CurrentRow);
        return getter as ValueGetter<TValue> ?? throw ColumnErrors.OtherType<TValue>(column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batches.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>If the features are buffered for the caller too, they are taken from there, so that they are not computed twice.</summary>
    private Action<LogitsBatch, int> CreateFeatureReader()
    {
        if (_columns.TryGetValue(_mapper.Features.Index, out var column))
        {
            var buffered = (BufferedVectors<float>)column;
            return (batch, row) => _mapper.CopyInputs(in buffered[batch.FirstRow + row], batch.InputsOf(row), _input.Position);
        }

        var getFeatures = _input.GetGetter<VBuffer<float>>(_mapper.Features);
        VBuffer<float> features = default;
        return (batch, row) =>
        {
            getFeatures(ref features);
            _mapper.CopyInputs(in features, batch.InputsOf(row), _input.Position);
        };
    }

    /// <summary>
    /// Fills and queues all free batches, then waits for the first one. It reads at most as many rows ahead as were returned so far, and
    /// one at first, so that a caller that takes few rows does not wait for many. An error in a row is thrown when that row is reached.
    /// </summary>
    private bool MoveToNextBatch()
    {
        _current = null;
        foreach (var free in _batches.Batches.Except(_ahead).ToArray())
        {
            ReadAhead(free, Math.Min(_position + 2 - _ahead.Sum(batch => batch.RowCount), free.Capacity));
        }

        if (!_ahead.TryDequeue(out var next))
        {
            _failure?.Throw();
            return false;
        }

        _batches.WaitFor(next);
        (_current, _row) = (next, 0);
        return true;
    }

    private void ReadAhead(LogitsBatch batch, long rowCount)
    {
        batch.RowCount = 0;
        try
        {
            while (batch.RowCount < rowCount && _failure is null && !_isInputAtEnd)
            {
                _isInputAtEnd = !_input.MoveNext();
                if (!_isInputAtEnd)
                {
                    ReadRow(batch, batch.RowCount);
                    batch.RowCount++;
                }
            }
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }

        if (batch.RowCount > 0)
        {
            _batches.Add(batch);
            _ahead.Enqueue(batch);
        }
    }

    private void ReadRow(LogitsBatch batch, int row)
    {
        var index = batch.FirstRow + row;
        foreach (var column in _columns.Values)
        {
            column.Read(index);
        }

        _readFeatures(batch, row);
        _getId(ref _ids[index]);
        _inputBatches[index] = _input.Batch;
    }

    private void GetLogits(ref VBuffer<float> logits)
    {
        _ = CurrentRow();
        LogitsColumns.Copy(_current!.LogitsOf(_row), ref logits);
    }

    /// <summary>Index of the current row in the buffers.</summary>
    private int CurrentRow() => _current is { } batch
        ? batch.FirstRow + _row
        : throw new InvalidOperationException("The cursor has no current row: call MoveNext first, and read only while it returns true.");
}
