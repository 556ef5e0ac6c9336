using MnistML.Native;
using MnistML.Network.Losses;
using MnistML.Network.Workers;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <summary>
/// Forward, loss and backward of a whole network on the processor, by a team of workers. Each worker takes its rows of the batch through as
/// many layers as it can without the others. Sums over rows (gradients, and the statistics of batch normalisation) are divided by units
/// instead.
/// </summary>
internal sealed partial class ParallelBackprop : IDisposable
{
    /// <summary>One batch is trained on while the next is loaded.</summary>
    private const int BufferCount = 2;

    private readonly MlpNetwork _network;
    private readonly WorkerTeam _team;
    private readonly FeatureFactors? _factors;
    private readonly TensorMemory? _factorGradient;
    private readonly LayerBackprop[] _layers;
    private readonly SparseLayer? _sparse;
    private readonly InputBuffer[] _buffers;
    private readonly WorkerScratch[] _scratch;
    private readonly Dictionary<int, WorkerTensors> _tensors = [];
    private readonly List<Action> _phases = [];
    private readonly GradientMemory _gradients;
    private readonly double[] _losses;
    private readonly double[] _metrics;

    // The current batch.
    private InputBuffer _buffer;
    private WorkerTensors _batch = null!;
    private int _bufferIndex;
    private DropoutMask _dropout;

    /// <summary>Makes up for skipped steps; null where none are skipped.</summary>
    private SkippedStepsHandler? _catchUp;

    /// <param name="network">The network, on the processor, in float32.</param>
    /// <param name="rowCapacity">The number of rows of the largest batch.</param>
    /// <param name="team">The threads that compute.</param>
    /// <param name="timer">Measures the phases; null outside benchmarks.</param>
    /// <param name="sharing">How batches are shared with other processes; null where they are not.</param>
    public ParallelBackprop(
        MlpNetwork network, int rowCapacity, WorkerTeam team, PhaseTimer? timer = null, BatchSharing? sharing = null)
    {
        _network = network;
        _team = team;
        var architecture = network.Architecture;
        var type = network.Settings.ProductType;
        _factors = network.FactorOffsets is null ? null : new FeatureFactors(network, team.Count);
        _gradients = new GradientMemory(network, isSummed: sharing is not null);
        _layers =
        [
            .. network.Layers.Select((_, index) => new LayerBackprop(
                network, index, rowCapacity, type, index == 0 ? _factors : null, _gradients, sharing)),
        ];
        _factorGradient = _factors is not null && sharing is not null ? new TensorMemory(_gradients.Of(_factors.Parameter)) : null;
        _sparse = _layers[0].Sparse;
        _buffers =
        [
            .. Enumerable.Range(0, BufferCount)
                .Select(_ => new InputBuffer(rowCapacity, network.InputCount, type, isSparse: _sparse is not null)),
        ];
        _buffer = _buffers[0];
        var widest = network.Layers.Max(layer => layer.UnitCount);
        if (_sparse is null)
        {
            widest = Math.Max(widest, network.InputCount);
        }

        _scratch = [.. Enumerable.Range(0, team.Count).Select(_ => new WorkerScratch(LayerBackprop.ScratchSize(widest)))];
        _losses = new double[team.Count];
        _metrics = new double[team.Count];
        AddPhases(timer);
    }

    /// <summary>The double buffer for batches.</summary>
    public IReadOnlyList<InputBuffer> Buffers => _buffers;

    /// <summary>Checks that every matrix can be addressed: spans over libtorch's memory hold at most 2 GiB.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="rowCapacity">The number of rows of the largest batch.</param>
    /// <param name="hasSparseInputs">Whether the batch's inputs are no matrix.</param>
    /// <exception cref="ArgumentException">A matrix would be larger; the message says which option to change.</exception>
    public static void ThrowIfTooLarge(MlpArchitecture architecture, int rowCapacity, bool hasSparseInputs = false)
    {
        const int MaxValues = int.MaxValue / sizeof(float);
        var members = (long)architecture.MemberCount;
        var widest = Math.Max(hasSparseInputs ? 0 : architecture.EncodedSize, architecture.Layers.Max(layer => members * layer.OutputSize));
        if (rowCapacity * widest > MaxValues)
        {
            throw new ArgumentException(
                $"A batch of {rowCapacity} rows with {widest} values in the widest layer of {architecture} takes more than 2 GiB; "
                + $"choose a BatchSize of at most {MaxValues / widest - 1}, or narrower HiddenLayers.");
        }

        if (architecture.Layers.FirstOrDefault(layer => members * layer.WeightCount > MaxValues) is { WeightCount: > 0 } largest)
        {
            throw new ArgumentException(
                $"The weights of a layer of {largest.InputSize} inputs and {members * largest.OutputSize} outputs take more than 2 GiB; "
                + "choose narrower HiddenLayers.");
        }
    }

    /// <summary>
    /// Leaves weights of sparse inputs that do not occur in a batch as they are, until they occur again or the epoch ends.
    /// </summary>
    /// <param name="catchUp">Makes up for the skipped steps.</param>
    public void SkipZeroGradients(SkippedStepsHandler catchUp)
    {
        _catchUp = catchUp;
        _sparse!.SkipZeroGradients();
    }

    /// <summary>Ends a step, once all workers have handled their gradients.</summary>
    public void EndStep() => _sparse?.EndStep();

    /// <summary>Makes up for all skipped steps.</summary>
    public void EndEpoch()
    {
        if (_catchUp is not null)
        {
            _team.Run(worker => CatchUp(ofBatch: false, worker));
            _sparse!.EndCatchUp();
        }
    }

    /// <summary>Takes over weights that were changed from outside.</summary>
    public void UpdateProductWeights() => Array.ForEach(_layers, layer => layer.UpdateProductWeights());

    /// <summary>Computes the forward pass, the loss, and the gradient back to the first layer's products.</summary>
    /// <param name="bufferIndex">The index of the batch in <see cref="Buffers"/>.</param>
    /// <returns>The sum of the rows' losses times their factors, and the sum of their metrics.</returns>
    public RowLoss Run(int bufferIndex)
    {
        (_bufferIndex, _buffer) = (bufferIndex, _buffers[bufferIndex]);
        _dropout = new DropoutMask(_buffer.DropoutSeed, _network.Settings.DropoutRate);
        if (!_tensors.TryGetValue(_buffer.RowCount, out _batch!))
        {
            _tensors.Add(_buffer.RowCount, _batch = new WorkerTensors(_layers, _buffers, _buffer.RowCount, _team.Count));
        }

        _factors?.Update();
        _sparse?.Begin(_buffer.Sparse!);
        if (_catchUp is not null)
        {
            _team.Run(worker => CatchUp(ofBatch: true, worker));
        }

        foreach (var phase in _phases)
        {
            phase();
        }

        // In the workers' order, so that the sum's bits are the same each time.
        return new RowLoss(_losses.Sum(), _metrics.Sum());
    }

    /// <summary>Computes the gradient of a worker's weights and biases in all layers.</summary>
    public void ComputeGradient(int worker)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var tensors = _batch.Layers[i];
            if (_layers[i].Sparse is { } sparse)
            {
                sparse.ComputeGradient(tensors.Units[worker], _layers[i].Gradients.Rows, _buffer.RowCount, _scratch[worker].First);
            }
            else
            {
                Compute(tensors.WeightGradient[i == 0 ? _bufferIndex : 0][worker]);
            }

            if (i == 0 && _factors is not null)
            {
                _layers[i].BackwardThroughFactors(tensors.Units[worker], worker, _scratch[worker]);
            }

            _layers[i].SumBiasGradient(tensors.Units[worker], _buffer.RowCount, _scratch[worker]);
        }
    }

    /// <summary>
    /// Passes the gradient of a worker's units in all layers to a handler, chunk by chunk, and rounds the weights that the handler has
    /// updated.
    /// </summary>
    public void ForEachGradientChunk(int worker, GradientChunkHandler handle)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            _layers[i].ForEachGradientChunk(_batch.Layers[i].Units[worker], handle, _scratch[worker]);
        }
    }

    /// <summary>
    /// Passes the gradient of the learned factors to a handler, if there are any, once all workers have computed theirs.
    /// </summary>
    public void HandleFactorGradient(GradientChunkHandler handle)
    {
        if (_factors is not null)
        {
            handle(_factors.Parameter, 0, _factorGradient is { } summed ? summed.Singles : _factors.ComputeGradient());
        }
    }

    /// <summary>
    /// The gradient of all parameters and what else is summed in a step, where processes share batches. Complete after
    /// <see cref="CollectGradient"/> on all workers, and <see cref="CollectFactorGradient"/>.
    /// </summary>
    public GradientMemory Gradients => _gradients;

    /// <summary>Copies a worker's part of the gradient to where it is summed, unless it is there.</summary>
    public void CollectGradient(int worker)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            _layers[i].CollectGradient(_batch.Layers[i].Units[worker], _scratch[worker]);
        }
    }

    /// <summary>Does the same for the learned factors, once all workers have computed their gradient.</summary>
    public void CollectFactorGradient()
    {
        if (_factorGradient is { } summed)
        {
            _factors!.ComputeGradient().CopyTo(summed.Singles);
        }
    }

    private void CatchUp(bool ofBatch, int worker) =>
        _sparse!.CatchUp(ofBatch, _layers[0].UnitsOf(worker, _team.Count), _catchUp!);

    public void Dispose()
    {
        foreach (var part in _tensors.Values.Concat<IDisposable>(_layers).Concat(_buffers).Append(_gradients))
        {
            part.Dispose();
        }
    }
}
