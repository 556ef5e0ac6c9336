using MnistML.Common;
using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Network.Features;
using MnistML.Training.Augmentation;
using MnistML.Training.Rows;
using MnistML.Vectors;

namespace MnistML.Training.Loop;

/// <summary>
/// Loads training batches into input buffers. Each row is decoded, distorted, encoded, given noise and rounded to the type of the products
/// in one go, while it is in the processor's first cache. Several workers may load the rows of one batch.
/// </summary>
internal sealed class BatchLoader
{
    /// <summary>Rows that a worker takes at a time: few, so that all finish together.</summary>
    private const int RowsAtATime = 8;

    private readonly RowWeights _weights;
    private readonly double _inputNoise;
    private readonly ImageDistorter[] _distorters;
    private readonly FeatureEncoder? _encoder;
    private readonly float[][] _features;
    private readonly float[][] _inputs;
    private readonly float[][] _bins;
    private readonly SparseRows _entries = new();
    private RowBatch? _batch;
    private InputBuffer? _buffer;
    private GaussianNoise _noise;
    private int _nextRow;

    /// <param name="options">How rows are augmented, and how much noise they get.</param>
    /// <param name="weights">The factors on the rows' losses.</param>
    /// <param name="network">How features are encoded, and how many there are.</param>
    /// <param name="workerCount">The workers that may load at once.</param>
    public BatchLoader(MlpTrainingOptions options, RowWeights weights, MlpNetwork network, int workerCount)
    {
        _weights = weights;
        _inputNoise = options.InputNoise;
        _distorters = options.Augmentation is { } bounds
            ? [.. Enumerable.Range(0, workerCount).Select(_ => new ImageDistorter(bounds))]
            : [];
        _encoder = network.Settings.Encoder;
        _features = Scratch(network.Architecture.InputSize);
        _inputs = Scratch(network.InputCount);
        _bins = Scratch(_encoder?.ScratchSize ?? 0);

        float[][] Scratch(int size) => [.. Enumerable.Range(0, workerCount).Select(_ => new float[size])];
    }

    /// <summary>
    /// Begins to load a batch: targets, weights and sparse features at once, while dense features follow by <see cref="LoadRows"/>.
    /// </summary>
    /// <param name="batch">The batch, which must stay valid until all its rows are loaded; null if there is none.</param>
    /// <param name="buffer">Overwritten by the batch.</param>
    public void Begin(RowBatch? batch, InputBuffer buffer)
    {
        (_batch, _buffer, _nextRow) = (batch, buffer, 0);
        if (batch is null)
        {
            return;
        }

        _noise = new GaussianNoise(Seeds.ForNoise(batch.Seed), _inputNoise);
        (buffer.RowCount, buffer.OtherRowCount) = (batch.RowCount, batch.OtherRowCount);
        buffer.DropoutSeed = Seeds.ForDropout(batch.Seed);
        if (buffer.Sparse is { } sparse)
        {
            LoadEntries(batch, sparse);
        }

        batch.Targets.CopyTo(buffer.Targets);
        batch.BatchIndices.CopyTo(buffer.BatchIndices);
        for (var row = 0; row < batch.RowCount; row++)
        {
            buffer.LossFactors[row] = _weights.Of(buffer.Targets[row]);
        }
    }

    /// <summary>Loads rows until none is left. Every worker may call it; each row is loaded once.</summary>
    /// <param name="worker">The worker's zero-based number.</param>
    public void LoadRows(int worker)
    {
        if (_batch is null || _buffer!.Sparse is not null)
        {
            return;
        }

        for (var start = TakeRows(); start < _batch.RowCount; start = TakeRows())
        {
            for (var row = start; row < Math.Min(start + RowsAtATime, _batch.RowCount); row++)
            {
                LoadRow(_batch, row, worker);
            }
        }

        int TakeRows() => Interlocked.Add(ref _nextRow, RowsAtATime) - RowsAtATime;
    }

    /// <summary>Copies entries, which is so little that one thread does it.</summary>
    private void LoadEntries(RowBatch batch, SparseInputs sparse)
    {
        sparse.Clear();
        for (var row = 0; row < batch.RowCount; row++)
        {
            _entries.Clear();
            batch.AppendEntries(row, _entries);
            _encoder?.ScaleEntries(_entries.Slots, _entries.Values);
            sparse.Append(_entries.Slots, _entries.Values);
        }
    }

    private void LoadRow(RowBatch batch, int row, int worker)
    {
        var rows = _buffer!.Inputs.Rows;
        var inputs = rows.ForWrite(row, _inputs[worker]);
        var features = _encoder is null ? inputs : _features[worker];
        batch.CopyFeatures(row, features);
        if (_distorters.Length > 0)
        {
            _distorters[worker].Distort(features, Seeds.ForAugmentation(batch.Seed, _buffer.BatchIndices[row]));
        }

        _encoder?.Encode(features, inputs, _bins[worker]);
        _noise.AddTo(_buffer.BatchIndices[row], inputs);
        rows.Write(row, inputs);
    }
}
