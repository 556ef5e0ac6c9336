using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// Forward, loss and backward of a whole network on the processor, shared by a team of workers. Each takes its rows of the batch through as many layers as
/// it can by itself, and its units of each layer through what is a sum over rows: gradients, and the statistics of batch normalisation.
/// </summary>
internal sealed class ParallelBackprop : IDisposable
{
    /// <summary>One batch is learnt from while the next is brought in.</summary>
    private const int BufferCount = 2;

    private readonly MlpNetwork _network;
    private readonly WorkerTeam _team;
    private readonly LayerBackprop[] _layers;
    private readonly InputBuffer[] _buffers;
    private readonly WorkerScratch[] _scratch;
    private readonly Dictionary<int, WorkerTensors> _views = [];
    private readonly List<Action<int>> _phases = [];
    private readonly double[] _losses;
    private readonly int[] _correctCounts;

    // Of the batch under way.
    private InputBuffer _buffer;
    private WorkerTensors _batch = null!;
    private int _bufferIndex;
    private DropoutMask _dropout;

    /// <param name="network">The network, on the processor, in float32.</param>
    /// <param name="rowCapacity">Rows of the largest batch.</param>
    /// <param name="team">Who computes.</param>
    /// <param name="timer">Times it; null for nobody.</param>
    public ParallelBackprop(MlpNetwork network, int rowCapacity, WorkerTeam team, PhaseTimer? timer = null)
    {
        _network = network;
        _team = team;
        var architecture = network.Architecture;
        var type = network.Settings.ProductType;
        _layers = [.. network.Layers.Select((_, index) => new LayerBackprop(network, index, rowCapacity, type))];
        _buffers = [.. Enumerable.Range(0, BufferCount).Select(_ => new InputBuffer(rowCapacity, architecture.InputSize, type))];
        _buffer = _buffers[0];
        var widest = Math.Max(architecture.InputSize, architecture.Layers.Max(layer => layer.OutputSize));
        _scratch = [.. Enumerable.Range(0, team.Count).Select(_ => new WorkerScratch(LayerBackprop.ScratchSize(widest)))];
        _losses = new double[team.Count];
        _correctCounts = new int[team.Count];
        AddPhases(timer);
    }

    /// <summary>Where batches stand in turn.</summary>
    public IReadOnlyList<InputBuffer> Buffers => _buffers;

    /// <summary>Makes sure that every matrix can be addressed: libtorch's memory is seen through spans, which hold 2 GiB at most.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="rowCapacity">Rows of the largest batch.</param>
    /// <exception cref="ArgumentException">A matrix would be larger; the message says which option to change.</exception>
    public static void ThrowIfTooLarge(MlpArchitecture architecture, int rowCapacity)
    {
        const int MaxValues = int.MaxValue / sizeof(float);
        var widest = architecture.Layers.Max(layer => Math.Max(layer.InputSize, layer.OutputSize));
        if ((long)rowCapacity * widest > MaxValues)
        {
            throw new ArgumentException(
                $"A batch of {rowCapacity} rows with {widest} values in the widest layer of {architecture} takes more than 2 GiB; "
                + $"choose a BatchSize of at most {MaxValues / widest - 1}, or narrower HiddenLayers.");
        }

        if (architecture.Layers.FirstOrDefault(layer => layer.WeightCount > MaxValues) is { WeightCount: > 0 } largest)
        {
            throw new ArgumentException(
                $"The weights of a layer of {largest.InputSize} inputs and {largest.OutputSize} outputs take more than 2 GiB; choose narrower HiddenLayers.");
        }
    }

    /// <summary>Takes the network's weights over, after they have been changed from outside.</summary>
    public void RoundWeights() => Array.ForEach(_layers, layer => layer.RoundWeights());

    /// <summary>Forward, loss, and derivatives back to the first layer.</summary>
    /// <param name="bufferIndex">The index of the batch in <see cref="Buffers"/>.</param>
    /// <returns>The sum of the rows' losses by their factors, and how many were right.</returns>
    public (double LossSum, int CorrectCount) Run(int bufferIndex)
    {
        (_bufferIndex, _buffer) = (bufferIndex, _buffers[bufferIndex]);
        _dropout = new DropoutMask(_buffer.DropoutSeed, _network.Settings.DropoutRate);
        if (!_views.TryGetValue(_buffer.RowCount, out _batch!))
        {
            _views.Add(_buffer.RowCount, _batch = new WorkerTensors(_layers, _buffers, _buffer.RowCount, _team.Count));
        }

        foreach (var phase in _phases)
        {
            _team.Run(phase);
        }

        // In the workers' order, so that the sum's bits are the same each time.
        return (_losses.Sum(), _correctCounts.Sum());
    }

    /// <summary>Computes the gradient of a worker's units, of all layers.</summary>
    public void ComputeGradient(int worker)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var views = _batch.Layers[i];
            var inputs = views.Inputs[i == 0 ? _bufferIndex : 0];
            Multiply(views.UnitDerivatives[worker], inputs, views.UnitGradients[worker]);
            _layers[i].SumBiasGradient(views.Units[worker], _buffer.RowCount, _scratch[worker]);
        }
    }

    /// <summary>Gives the gradient of a worker's units, of all layers, piece by piece, and takes changed weights over.</summary>
    public void ForEachGradientChunk(int worker, GradientChunkHandler handle)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            _layers[i].ForEachGradientChunk(_batch.Layers[i].Units[worker], handle, _scratch[worker]);
        }
    }

    public void Dispose()
    {
        foreach (var part in _views.Values.Concat<IDisposable>(_layers).Concat(_buffers))
        {
            part.Dispose();
        }
    }

    /// <summary>What each worker does by itself is joined to one phase, at whose end all wait for each other.</summary>
    private void AddPhases(PhaseTimer? timer)
    {
        var steps = new List<Action<int>>();
        var last = _layers.Length - 1;
        for (var i = 0; i < last; i++)
        {
            var (layer, index) = (_layers[i], i);
            Add(Phase.Forward, worker => Forward(index, worker));
            if (layer.Normalization is { } normalization)
            {
                EndPhase();
                Add(Phase.Forward, worker => normalization.ComputeStatistics(layer.Values.Rows, _buffer.RowCount, _batch.Layers[index].Units[worker], _scratch[worker].First));
                EndPhase();
            }

            Add(Phase.Forward, worker => layer.Activate(_batch.Rows[worker], _dropout, _scratch[worker]));
        }

        Add(Phase.Forward, worker => Forward(last, worker));
        Add(Phase.Forward, ComputeLoss);
        for (var i = last - 1; i >= 0; i--)
        {
            var (layer, index) = (_layers[i], i);
            Add(Phase.Backward, worker => BackwardThroughProduct(index + 1, worker));
            Add(Phase.Backward, worker => layer.Backward(_batch.Rows[worker], _dropout, _scratch[worker]));
            if (layer.Normalization is { } normalization)
            {
                EndPhase();
                Add(Phase.Backward, worker => normalization.SumGradient(
                    layer.Values.Rows, layer.Derivatives.Rows, _buffer.RowCount, _batch.Layers[index].Units[worker], _scratch[worker].First, _scratch[worker].Second));
                EndPhase();
                Add(Phase.Backward, worker => layer.BackwardThroughBatchNorm(_batch.Rows[worker], _scratch[worker]));
            }
        }

        EndPhase();

        void Add(Phase phase, Action<int> step) => steps.Add(PhaseTimer.Timed(timer, phase, step));

        void EndPhase()
        {
            Action<int>[] ofPhase = [.. steps];
            steps.Clear();
            _phases.Add(worker => Array.ForEach(ofPhase, step => step(worker)));
        }
    }

    private void Forward(int index, int worker)
    {
        var views = _batch.Layers[index];
        Multiply(views.InputRows[index == 0 ? _bufferIndex : 0][worker], views.TransposedWeights, views.ValueRows[worker]);
        _layers[index].AddBiases(_batch.Rows[worker], _scratch[worker].First);
    }

    /// <summary>The derivatives by the inputs of a layer, which are the outputs of the one before it.</summary>
    private void BackwardThroughProduct(int index, int worker) =>
        Multiply(_batch.Layers[index].DerivativeRows[worker], _batch.Layers[index].Weights, _batch.Layers[index - 1].DerivativeRows[worker]);

    private void ComputeLoss(int worker)
    {
        var (rows, output) = (_batch.Rows[worker], _layers[^1]);
        var scratch = _scratch[worker];
        var logits = output.Values.Rows;
        var derivatives = output.Derivatives.Rows;
        var (loss, right) = (0.0, 0);
        for (var row = rows.Start; row < rows.End; row++)
        {
            var derivative = derivatives.ForWrite(row, scratch.Second);
            var (rowLoss, isCorrect) = SoftmaxLoss.Compute(
                logits.Read(row, scratch.First), _buffer.Labels[row], _network.Settings.LabelSmoothing, _buffer.LossFactors[row] / _buffer.RowCount, derivative);
            derivatives.Write(row, derivative);
            loss += rowLoss * _buffer.LossFactors[row];
            right += isCorrect ? 1 : 0;
        }

        (_losses[worker], _correctCounts[worker]) = (loss, right);
    }

    /// <summary>Overwrites a matrix by a product, without an allocation.</summary>
    private static void Multiply(Tensor left, Tensor right, Tensor product)
    {
        if (product.numel() > 0)
        {
            product.addmm_(left, right, beta: 0, alpha: 1);
        }
    }
}
