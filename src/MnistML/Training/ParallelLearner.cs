using MnistML.Network;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>
/// Learns on the processor by hand-written derivatives, on several threads. Who has updated his share of the weights brings in rows of the next batch
/// until none is left, so that no core waits while another still computes. It owns the threads and the memory of the pass.
/// </summary>
internal sealed class ParallelLearner : ILearner
{
    /// <summary>Rows that a thread takes at a time: few, so that all end together.</summary>
    private const int RowsAtATime = 8;

    private readonly IOptimizer _optimizer;
    private readonly RowWeights _weights;
    private readonly double? _clipNorm;
    private readonly double _dropoutRate;
    private readonly double _inputNoise;
    private readonly ImageDistorter[] _distorters;
    private readonly FeatureCopier[] _copiers;
    private readonly WorkerTeam _team;
    private readonly NetworkPass _pass;
    private readonly double[] _squares;
    private readonly Action<int> _load;
    private readonly Action<int> _computeGradient;
    private readonly Action<int> _update;
    private readonly Action<int> _measureGradient;
    private readonly Action<int> _toMeasure;
    private readonly Action<int> _toUpdateAndLoad;
    private readonly GradientVisitor _visit;

    // Of the batch under way, and of the next.
    private RowBatch? _next;
    private int _slot;
    private int _loadedRows;
    private float _gradientFactor;

    /// <param name="network">The network, on the processor.</param>
    /// <param name="optimizer">What updates it.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="options">How gradients are clipped, and rows augmented.</param>
    /// <param name="plan">The batches.</param>
    /// <param name="threadCount">The most threads.</param>
    /// <param name="clock">Times it; null for nobody.</param>
    public ParallelLearner(MlpNetwork network, IOptimizer optimizer, RowWeights weights, MlpTrainingOptions options, BatchPlan plan, int threadCount, PhaseClock? clock = null)
    {
        _optimizer = optimizer;
        _weights = weights;
        _clipNorm = options.GradientClipNorm;
        _dropoutRate = network.Settings.DropoutRate;
        _inputNoise = options.InputNoise;
        _team = new WorkerTeam(ThreadRule.WorkersFor(threadCount, network.Architecture, plan.Capacity));
        _pass = new NetworkPass(network, plan.Capacity, _team, clock);
        _squares = new double[_team.Count];
        _distorters = options.Augmentation is { } bounds ? [.. Enumerable.Range(0, _team.Count).Select(_ => new ImageDistorter(bounds))] : [];
        _copiers = [.. Enumerable.Range(0, _team.Count).Select(worker => new FeatureCopier((row, features) => CopyFeatures(worker, row, features)))];
        _visit = UpdatePiece;
        _load = PhaseClock.Timed(clock, Phase.Gather, LoadRows);
        _computeGradient = PhaseClock.Timed(clock, Phase.Backward, _pass.ComputeGradient);
        _measureGradient = PhaseClock.Timed(clock, Phase.Update, MeasureGradient);
        _update = PhaseClock.Timed(clock, Phase.Update, worker => _pass.VisitGradient(worker, _visit));
        _toMeasure = worker =>
        {
            _computeGradient(worker);
            _measureGradient(worker);
        };
        _toUpdateAndLoad = worker =>
        {
            if (_clipNorm is null)
            {
                _computeGradient(worker);
            }

            _update(worker);
            _load(worker);
        };
    }

    public int TorchThreadCount => 1;

    public void Begin(RowBatch first)
    {
        _pass.RoundWeights();
        TakeNext(first);
        _team.Run(_load);
        _slot = OtherSlot;
    }

    public BatchOutcome Learn(ulong dropoutSeed, double learningRate, RowBatch? next)
    {
        using var noGradient = no_grad();
        TakeNext(next);
        var rowCount = _pass.Slots[_slot].RowCount;
        var (lossSum, rightCount) = _pass.Run(_slot, new DropoutMask(dropoutSeed, _dropoutRate));
        _optimizer.BeginStep(learningRate);
        _gradientFactor = 1;
        if (_clipNorm is { } norm)
        {
            // The whole gradient's length is known only when all threads have theirs.
            _team.Run(_toMeasure);
            _gradientFactor = (float)Math.Min(1, GradientClipping.FactorFor(norm, Math.Sqrt(_squares.Sum())));
        }

        _team.Run(_toUpdateAndLoad);
        _slot = OtherSlot;
        return new BatchOutcome(rowCount, lossSum, rightCount);
    }

    public void Dispose()
    {
        _team.Dispose();
        _pass.Dispose();
    }

    private int OtherSlot => 1 - _slot;

    /// <summary>Takes the next batch's labels and weights; its features follow.</summary>
    private void TakeNext(RowBatch? next)
    {
        (_next, _loadedRows) = (next, 0);
        if (next is null)
        {
            return;
        }

        var slot = _pass.Slots[OtherSlot];
        slot.RowCount = next.RowCount;
        for (var row = 0; row < next.RowCount; row++)
        {
            var tag = next.TagOf(row);
            (slot.Labels[row], slot.Factors[row]) = (tag.Label, _weights.Of(tag));
        }
    }

    private void MeasureGradient(int worker)
    {
        var sum = 0.0;
        _pass.VisitGradient(worker, (_, _, gradient) => sum += VectorLoops.Sum(gradient, default(Squared)));
        _squares[worker] = sum;
    }

    private void UpdatePiece(int parameter, int start, Span<float> gradient)
    {
        if (_gradientFactor < 1)
        {
            VectorLoops.Apply(gradient, gradient, new Times(_gradientFactor));
        }

        _optimizer.UpdatePiece(parameter, start, gradient);
    }

    private void LoadRows(int worker)
    {
        if (_next is null)
        {
            return;
        }

        var slot = _pass.Slots[OtherSlot];
        var noise = new GaussianNoise(_next.Seed, _inputNoise);
        for (var start = TakeRows(); start < slot.RowCount; start = TakeRows())
        {
            for (var row = start; row < Math.Min(start + RowsAtATime, slot.RowCount); row++)
            {
                _pass.Load(slot, row, _copiers[worker], noise, worker);
            }
        }

        int TakeRows() => Interlocked.Add(ref _loadedRows, RowsAtATime) - RowsAtATime;
    }

    private void CopyFeatures(int worker, int row, Span<float> features)
    {
        _next!.CopyFeatures(row, features);
        if (_distorters.Length > 0)
        {
            _distorters[worker].Distort(features, _next.SeedOf(row));
        }
    }
}
