using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Network.Losses;
using MnistML.Network.Workers;
using MnistML.Training.Group;
using MnistML.Training.Optimizers;
using MnistML.Training.Rows;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>
/// Learns on the processor by hand-written derivatives, on several threads. A worker that has updated its weights loads rows of the next
/// batch, so that no core idles. It owns the threads and the memory of the computation.
/// </summary>
internal sealed class ParallelLearner : ILearner
{
    // Where loss, metric and cancellation are among what is summed in a step.
    private const int Loss = 0;
    private const int Metric = 1;
    private const int Cancelled = 2;

    private readonly IOptimizer _optimizer;
    private readonly TrainingLoss _loss;
    private readonly double? _clipNorm;
    private readonly BatchLoader _loader;
    private readonly WorkerTeam _team;
    private readonly ParallelBackprop _backprop;
    private readonly double[] _squaredNorms;
    private readonly GradientChunkHandler _updateChunk;
    private readonly Action<int> _load;
    private readonly Action<int> _measureGradient;
    private readonly Action<int> _updateAndLoad;
    private readonly Action<int> _collectGradient;
    private readonly Action<int> _sumAndLoad;
    private readonly TrainingGroup _group;
    private readonly CancellationToken _cancellationToken;
    private int _current;
    private float _gradientFactor;

    /// <param name="network">The network, on the processor.</param>
    /// <param name="optimizer">The optimiser that updates it.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="options">How gradients are clipped, and rows augmented.</param>
    /// <param name="rowCapacity">The rows of the largest batch, in this process.</param>
    /// <param name="threadCount">The threads that may be used.</param>
    /// <param name="group">The processes that share the rows of each batch.</param>
    /// <param name="timer">Times the phases; null, the default, for no timing.</param>
    public ParallelLearner(
        MlpNetwork network,
        IOptimizer optimizer,
        RowWeights weights,
        MlpTrainingOptions options,
        int rowCapacity,
        int threadCount,
        TrainingGroup group,
        PhaseTimer? timer = null)
    {
        ParallelBackprop.ThrowIfTooLarge(network.Architecture, rowCapacity, network.Settings.HasSparseInputs);
        _optimizer = optimizer;
        _loss = network.Settings.Loss;
        _clipNorm = options.GradientClipNorm;
        (_group, _cancellationToken) = (group, options.CancellationToken);
        _team = new WorkerTeam(AutoThreads.Choose(threadCount, network.Architecture, rowCapacity));
        try
        {
            _loader = new BatchLoader(options, weights, network, _team.Count);
            _backprop = new ParallelBackprop(network, rowCapacity, _team, timer, SharingOf(options));
            if (network.Settings.HasSparseInputs && optimizer.TrySkipping())
            {
                _backprop.SkipZeroGradients(optimizer.CatchUp);
            }
        }
        catch
        {
            _team.Dispose();
            throw;
        }

        _squaredNorms = new double[_team.Count];
        _load = PhaseTimer.Timed(timer, Phase.Gather, _loader.LoadRows);
        var computeGradient = PhaseTimer.Timed(timer, Phase.Backward, _backprop.ComputeGradient);
        var computeNorm = PhaseTimer.Timed(timer, Phase.Update, ComputeSquaredNorm);
        _updateChunk = UpdateChunk;
        var update = PhaseTimer.Timed(timer, Phase.Update, worker => _backprop.ForEachGradientChunk(worker, _updateChunk));
        _measureGradient = computeGradient + computeNorm;
        _collectGradient = computeGradient + _backprop.CollectGradient;
        _sumAndLoad = PhaseTimer.Timed(timer, Phase.Update, SumOverGroup) + _load;
        _updateAndLoad = _clipNorm is null && group.IsAlone ? computeGradient + update + _load : update + _load;
    }

    public int TorchThreadCount => 1;

    private InputBuffer Other => _backprop.Buffers[1 - _current];

    public void Begin(RowBatch first)
    {
        _backprop.UpdateProductWeights();
        _loader.Begin(first, Other);
        _team.Run(_load);
        _current = 1 - _current;
    }

    public BatchOutcome Learn(double learningRate, RowBatch? next)
    {
        using var noGradient = no_grad();
        _loader.Begin(next, Other);
        var rowCount = _backprop.Buffers[_current].RowCount;
        var sums = _backprop.Run(_current);
        if (!_group.IsAlone)
        {
            sums = SumGradient(sums);
            rowCount = _backprop.Buffers[_current].WholeRowCount;
        }

        _optimizer.BeginStep(learningRate);
        _gradientFactor = 1;
        if (_clipNorm is { } maximum && !_group.IsAlone)
        {
            _gradientFactor = (float)Math.Min(1, GradientClipping.FactorFor(maximum, Math.Sqrt(SquaredNormOfSum())));
        }
        else if (_clipNorm is { } norm)
        {
            // The norm of the whole gradient is known only when all workers have computed theirs.
            _team.Run(_measureGradient);
            var squaredNorm = _squaredNorms.Sum();
            _backprop.HandleFactorGradient((_, _, gradient) => squaredNorm += SpanMath.Sum(gradient, default(Square)));
            _gradientFactor = (float)Math.Min(1, GradientClipping.FactorFor(norm, Math.Sqrt(squaredNorm)));
        }

        _team.Run(_updateAndLoad);
        _backprop.HandleFactorGradient(_updateChunk);
        _backprop.EndStep();
        _current = 1 - _current;
        return BatchOutcome.Of(rowCount, sums, _loss);
    }

    public void End()
    {
        _backprop.EndEpoch();
        _optimizer.ForgetSteps();
    }

    public void Dispose()
    {
        _team.Dispose();
        _backprop.Dispose();
    }

    private BatchSharing? SharingOf(MlpTrainingOptions options) => _group.IsAlone
        ? null
        : new BatchSharing(options.BatchStatistics == MlpBatchStatistics.Synchronized ? _group.Sum : null);

    /// <summary>
    /// Computes this process's gradient, and replaces it by the sum over all, together with loss, metric, and whether one was cancelled.
    /// The next batch is loaded meanwhile.
    /// </summary>
    private RowLoss SumGradient(RowLoss sums)
    {
        _team.Run(_collectGradient);
        _backprop.CollectFactorGradient();
        var extras = _backprop.Gradients.Extras;
        extras[Loss] = (float)sums.Loss;
        extras[Metric] = (float)sums.Metric;
        extras[Cancelled] = _cancellationToken.IsCancellationRequested ? 1 : 0;
        _team.Run(_sumAndLoad);
        return _backprop.Gradients.Extras[Cancelled] > 0
            ? throw _group.Cancelled([])
            : new RowLoss(_backprop.Gradients.Extras[Loss], _backprop.Gradients.Extras[Metric]);
    }

    /// <summary>The first worker is the thread that called <c>Fit</c>, the only one that the group may be called on.</summary>
    private void SumOverGroup(int worker)
    {
        if (worker == 0)
        {
            _group.Sum(_backprop.Gradients.All);
        }
    }

    /// <summary>In an order that does not depend on the number of threads, which each process has its own of.</summary>
    private double SquaredNormOfSum()
    {
        const int ChunkSize = 2048;
        var gradients = _backprop.Gradients.Gradients;
        var sum = 0.0;
        for (var start = 0; start < gradients.Length; start += ChunkSize)
        {
            sum += SpanMath.Sum(gradients[start..Math.Min(start + ChunkSize, gradients.Length)], default(Square));
        }

        return sum;
    }

    private void ComputeSquaredNorm(int worker)
    {
        var sum = 0.0;
        _backprop.ForEachGradientChunk(worker, (_, _, gradient) => sum += SpanMath.Sum(gradient, default(Square)));
        _squaredNorms[worker] = sum;
    }

    private void UpdateChunk(int parameter, int start, Span<float> gradient)
    {
        if (_gradientFactor < 1)
        {
            SpanMath.Apply(gradient, gradient, new Scale(_gradientFactor));
        }

        _optimizer.UpdateChunk(parameter, start, gradient);
    }
}
