using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// Forward, loss and backward of a whole network on the processor, shared by a team of workers. Each takes its rows of the batch through as many layers as
/// it can by itself, and its units of each layer through what is a sum over rows: gradients, and the statistics of batch normalisation.
/// </summary>
internal sealed class NetworkPass : IDisposable
{
    /// <summary>One batch is learnt from while the next is brought in.</summary>
    private const int SlotCount = 2;

    private readonly MlpNetwork _network;
    private readonly WorkerTeam _team;
    private readonly LayerPass[] _layers;
    private readonly BatchSlot[] _slots;
    private readonly PassScratch[] _scratch;
    private readonly Dictionary<int, PassViews> _views = [];
    private readonly List<Action<int>> _phases = [];
    private readonly double[] _losses;
    private readonly int[] _rightCounts;
    private readonly float[]? _featureMeans;
    private readonly float[]? _featureFactors;

    // Of the batch under way.
    private BatchSlot _slot;
    private PassViews _batch = null!;
    private int _slotIndex;
    private DropoutMask _dropout;

    /// <param name="network">The network, on the processor, in float32.</param>
    /// <param name="rowCapacity">Rows of the largest batch.</param>
    /// <param name="team">Who computes.</param>
    /// <param name="clock">Times it; null for nobody.</param>
    public NetworkPass(MlpNetwork network, int rowCapacity, WorkerTeam team, PhaseClock? clock = null)
    {
        _network = network;
        _team = team;
        var architecture = network.Architecture;
        var type = network.Settings.ProductType;
        _layers = [.. network.Layers.Select((_, index) => new LayerPass(network, index, rowCapacity, type))];
        _slots = [.. Enumerable.Range(0, SlotCount).Select(_ => new BatchSlot(rowCapacity, architecture.InputSize, type))];
        _slot = _slots[0];
        var widest = Math.Max(architecture.InputSize, architecture.Layers.Max(layer => layer.OutputSize));
        _scratch = [.. Enumerable.Range(0, team.Count).Select(_ => new PassScratch(LayerPass.ScratchSize(widest)))];
        _losses = new double[team.Count];
        _rightCounts = new int[team.Count];
        if (network.Settings.FeatureScale is { } scale)
        {
            _featureMeans = [.. scale.Means.Select(mean => (float)mean)];
            _featureFactors = [.. scale.Deviations.Select(deviation => (float)(1 / deviation))];
        }

        AddPhases(clock);
    }

    /// <summary>Where batches stand in turn.</summary>
    public IReadOnlyList<BatchSlot> Slots => _slots;

    /// <summary>Takes the network's weights over, after they have been changed from outside.</summary>
    public void RoundWeights() => Array.ForEach(_layers, layer => layer.RoundWeights());

    /// <summary>Brings a row into a slot, scaled.</summary>
    /// <param name="slot">Where to.</param>
    /// <param name="row">The place in the batch.</param>
    /// <param name="copy">Writes the row's features.</param>
    /// <param name="noise">What is added to it then.</param>
    /// <param name="worker">Whose memory is used.</param>
    public void Load(BatchSlot slot, int row, FeatureCopier copy, GaussianNoise noise, int worker)
    {
        var rows = slot.Inputs.Rows;
        var features = rows.Create(row, _scratch[worker].First);
        copy(row, features);
        if (_featureMeans is not null)
        {
            VectorLoops.Apply(features, _featureMeans, _featureFactors, features, default(MinusTimes));
        }

        noise.AddTo(row, features);
        rows.Close(row, features);
    }

    /// <summary>Forward, loss, and derivatives back to the first layer.</summary>
    /// <param name="slotIndex">Where the batch stands.</param>
    /// <param name="dropout">Which units are dropped.</param>
    /// <returns>The sum of the rows' losses by their factors, and how many were right.</returns>
    public (double LossSum, int RightCount) Run(int slotIndex, DropoutMask dropout)
    {
        (_slotIndex, _slot, _dropout) = (slotIndex, _slots[slotIndex], dropout);
        if (!_views.TryGetValue(_slot.RowCount, out _batch!))
        {
            _views.Add(_slot.RowCount, _batch = new PassViews(_layers, _slots, _slot.RowCount, _team.Count));
        }

        foreach (var phase in _phases)
        {
            _team.Run(phase);
        }

        // In the workers' order, so that the sum's bits are the same each time.
        return (_losses.Sum(), _rightCounts.Sum());
    }

    /// <summary>Computes the gradient of a worker's units, of all layers.</summary>
    public void ComputeGradient(int worker)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var views = _batch.Layers[i];
            var inputs = views.Inputs[i == 0 ? _slotIndex : 0];
            Multiply(views.UnitDerivatives[worker], inputs, views.UnitGradients[worker]);
            _layers[i].SumBiasGradient(views.Units[worker], _slot.RowCount, _scratch[worker]);
        }
    }

    /// <summary>Gives the gradient of a worker's units, of all layers, piece by piece, and takes changed weights over.</summary>
    public void VisitGradient(int worker, GradientVisitor visit)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            _layers[i].VisitGradient(_batch.Layers[i].Units[worker], visit, _scratch[worker]);
        }
    }

    public void Dispose()
    {
        foreach (var part in _views.Values.Concat<IDisposable>(_layers).Concat(_slots))
        {
            part.Dispose();
        }
    }

    /// <summary>What each worker does by itself is joined to one phase, at whose end all wait for each other.</summary>
    private void AddPhases(PhaseClock? clock)
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
                Add(Phase.Forward, worker => normalization.Measure(layer.Values.Rows, _slot.RowCount, _batch.Layers[index].Units[worker], _scratch[worker].First));
                EndPhase();
            }

            Add(Phase.Forward, worker => layer.Activate(_batch.Rows[worker], _dropout, _scratch[worker]));
        }

        Add(Phase.Forward, worker => Forward(last, worker));
        Add(Phase.Forward, ComputeLoss);
        for (var i = last - 1; i >= 0; i--)
        {
            var (layer, index) = (_layers[i], i);
            Add(Phase.Backward, worker => Return(index + 1, worker));
            Add(Phase.Backward, worker => layer.Differentiate(_batch.Rows[worker], _dropout, _scratch[worker]));
            if (layer.Normalization is { } normalization)
            {
                EndPhase();
                Add(Phase.Backward, worker => normalization.SumUp(
                    layer.Values.Rows, layer.Derivatives.Rows, _slot.RowCount, _batch.Layers[index].Units[worker], _scratch[worker].First, _scratch[worker].Second));
                EndPhase();
                Add(Phase.Backward, worker => layer.ReturnThroughNormalization(_batch.Rows[worker], _scratch[worker]));
            }
        }

        EndPhase();

        void Add(Phase phase, Action<int> step) => steps.Add(PhaseClock.Timed(clock, phase, step));

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
        Multiply(views.InputRows[index == 0 ? _slotIndex : 0][worker], views.TransposedWeights, views.ValueRows[worker]);
        _layers[index].AddBiases(_batch.Rows[worker], _scratch[worker].First);
    }

    /// <summary>The derivatives by the inputs of a layer, which are the outputs of the one before it.</summary>
    private void Return(int index, int worker) =>
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
            var derivative = derivatives.Create(row, scratch.Second);
            var (rowLoss, isRight) = SoftmaxLoss.Compute(
                logits.Open(row, scratch.First), _slot.Labels[row], _network.Settings.LabelSmoothing, _slot.Factors[row] / _slot.RowCount, derivative);
            derivatives.Close(row, derivative);
            loss += rowLoss * _slot.Factors[row];
            right += isRight ? 1 : 0;
        }

        (_losses[worker], _rightCounts[worker]) = (loss, right);
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

/// <summary>Writes the features of one of a batch's rows.</summary>
internal delegate void FeatureCopier(int row, Span<float> features);
