using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Network.Losses;
using MnistML.Network.Workers;
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
    private int _current;
    private float _gradientFactor;

    /// <param name="network">The network, on the processor.</param>
    /// <param name="optimizer">The optimiser that updates it.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="options">How gradients are clipped, and rows augmented.</param>
    /// <param name="plan">The batches.</param>
    /// <param name="threadCount">The threads that may be used.</param>
    /// <param name="timer">Times the phases; null, the default, for no timing.</param>
    public ParallelLearner(
        MlpNetwork network,
        IOptimizer optimizer,
        RowWeights weights,
        MlpTrainingOptions options,
        BatchPlan plan,
        int threadCount,
        PhaseTimer? timer = null)
    {
        ParallelBackprop.ThrowIfTooLarge(network.Architecture, plan.Capacity, network.Settings.HasSparseInputs);
        _optimizer = optimizer;
        _loss = network.Settings.Loss;
        _clipNorm = options.GradientClipNorm;
        _team = new WorkerTeam(AutoThreads.Choose(threadCount, network.Architecture, plan.Capacity));
        try
        {
            _loader = new BatchLoader(options, weights, network, _team.Count);
            _backprop = new ParallelBackprop(network, plan.Capacity, _team, timer);
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
        _updateAndLoad = _clipNorm is null ? computeGradient + update + _load : update + _load;
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
        _optimizer.BeginStep(learningRate);
        _gradientFactor = 1;
        if (_clipNorm is { } norm)
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
