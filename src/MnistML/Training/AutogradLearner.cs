using MnistML.Network;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>
/// Learns by libtorch's own derivatives, on any device. On the processor <see cref="ParallelLearner"/> makes the same updates, to rounding, in
/// half the time; this one is for CUDA, and for comparison. It owns a copy of the batch.
/// </summary>
internal sealed class AutogradLearner(MlpNetwork network, IOptimizer optimizer, RowWeights weights, MlpTrainingOptions options, int threadCount) : ILearner
{
    private readonly Device _device = network.Settings.Device;
    private readonly ImageDistorter? _distorter = options.Augmentation is { } bounds ? new ImageDistorter(bounds) : null;
    private Tensor[] _held = [];
    private GaussianNoise _noise;

    public int TorchThreadCount => threadCount;

    public void Begin(RowBatch first) => Hold(first);

    public BatchOutcome Learn(ulong dropoutSeed, double learningRate, RowBatch? next)
    {
        using var scope = NewDisposeScope();
        var (features, labels, rowWeights) = (_held[0], _held[1], _held[2]);
        var logits = network.ForwardToLearn(features, _noise, new DropoutMask(dropoutSeed, network.Settings.DropoutRate));
        var loss = MlpNetwork.CrossEntropy(logits, labels, network.Settings.LabelSmoothing, weights.Of(labels, rowWeights));

        var gradients = network.Gradients(loss);
        if (options.GradientClipNorm is { } norm)
        {
            GradientClipping.Clip(gradients, norm);
        }

        optimizer.Step(gradients, learningRate);
        var outcome = BatchOutcome.Of(loss, logits, labels);
        if (next is not null)
        {
            Hold(next);
        }

        return outcome;
    }

    public void Dispose() => Array.ForEach(_held, tensor => tensor.Dispose());

    private void Hold(RowBatch batch)
    {
        Dispose();
        using var scope = NewDisposeScope();
        _noise = new GaussianNoise(batch.Seed, options.InputNoise);
        _held = [.. new[] { Augment(batch), batch.Labels, batch.Weights }.Select(tensor => tensor.clone().to(_device).DetachFromDisposeScope())];
    }

    private Tensor Augment(RowBatch batch)
    {
        if (_distorter is null)
        {
            return batch.Features;
        }

        var features = batch.Features.clone();
        var rows = new TensorMemory(features).Singles;
        for (var row = 0; row < batch.RowCount; row++)
        {
            _distorter.Distort(rows.Slice(row * network.Architecture.InputSize, network.Architecture.InputSize), batch.SeedOf(row));
        }

        return features;
    }
}
