using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Network.Losses;
using MnistML.Training.Optimizers;
using MnistML.Training.Rows;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>
/// Learns by libtorch's automatic differentiation, on any device. On the processor <see cref="ParallelLearner"/> makes the same updates, up
/// to rounding, in half the time; this one is for CUDA and for comparison. It owns the input buffer.
/// </summary>
internal sealed class AutogradLearner : ILearner
{
    private readonly MlpNetwork _network;
    private readonly IOptimizer _optimizer;
    private readonly double? _clipNorm;
    private readonly Device _device;
    private readonly BatchLoader _loader;
    private readonly InputBuffer _buffer;
    private readonly bool _isWeighted;

    public AutogradLearner(
        MlpNetwork network, IOptimizer optimizer, RowWeights weights, MlpTrainingOptions options, int rowCapacity, int threadCount)
    {
        _network = network;
        _optimizer = optimizer;
        _clipNorm = options.GradientClipNorm;
        _device = network.Settings.Device;
        _isWeighted = !weights.AreEqual;
        _loader = new BatchLoader(options, weights, network, workerCount: 1);
        _buffer = new InputBuffer(rowCapacity, network.InputCount, ScalarType.Float32);
        TorchThreadCount = threadCount;
    }

    public int TorchThreadCount { get; }

    public void Begin(RowBatch first) => Load(first);

    public BatchOutcome Learn(double learningRate, RowBatch? next)
    {
        using var scope = NewDisposeScope();
        var rows = _buffer.RowCount;
        var loss = _network.Settings.Loss;
        var inputs = _buffer.Inputs.Tensor.narrow(0, 0, rows).to(_device);
        var members = _network.Architecture.MemberCount;
        var targets = loss.ToTensor(_buffer.Targets.AsSpan(0, rows)).to(_device).repeat_interleave(members);
        var (factors, shares) = (Factors(rows, members), Shares(rows, members));
        var outputs = _network.ForwardTraining(inputs, new DropoutMask(_buffer.DropoutSeed, _network.Settings.DropoutRate))
            .reshape(rows * members, -1);
        var mean = loss.ComputeMean(outputs, targets, factors);

        var gradients = _network.Gradients(mean * members);
        if (_clipNorm is { } norm)
        {
            GradientClipping.Clip(gradients, norm);
        }

        _optimizer.Step(gradients, learningRate);
        var sums = new RowLoss(ToDouble(mean) * rows, ToDouble(loss.ComputeMetrics(outputs, targets).mul(shares).sum() / members));
        if (next is not null)
        {
            Load(next);
        }

        return BatchOutcome.Of(rows, sums, loss);
    }

    public void End()
    {
    }

    public void Dispose() => _buffer.Dispose();

    private static double ToDouble(Tensor value) => value.detach().to(ScalarType.Float64).item<double>();

    /// <summary>The factor on the loss of each row in each member; null where all are 1.</summary>
    private Tensor? Factors(int rows, int members)
    {
        var shares = Shares(rows, members);
        return _isWeighted
            ? shares * tensor(_buffer.LossFactors.AsSpan(0, rows).ToArray(), ScalarType.Float32, _device).repeat_interleave(members)
            : members == 1 ? null : shares;
    }

    private Tensor Shares(int rows, int members) => tensor(
        [
            .. _buffer.Targets.Take(rows).SelectMany(
                target => Enumerable.Range(0, members).Select(member => (float)target.ShareOf(member, members))),
        ],
        ScalarType.Float32,
        _device);

    private void Load(RowBatch batch)
    {
        _loader.Begin(batch, _buffer);
        _loader.LoadRows(worker: 0);
    }
}
