using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// Batch normalisation of one layer (Ioffe and Szegedy, 2015): <c>scale · (x - mean) / √(variance + ε) + shift</c>. During training, mean
/// and variance are the batch's, and running averages of them are kept; for scoring, the averages are used. It owns its tensors, each of
/// one value a unit.
/// </summary>
internal sealed class BatchNormalization : IDisposable
{
    /// <summary>PyTorch's default.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>The weight of a batch in the running averages; PyTorch's default.</summary>
    public const double Momentum = 0.1;

    public BatchNormalization(int unitCount, NetworkSettings settings)
    {
        Scale = ones(unitCount, settings.Type, settings.Device, requires_grad: true).DetachFromDisposeScope();
        Shift = zeros(unitCount, settings.Type, settings.Device, requires_grad: true).DetachFromDisposeScope();
        RunningMean = zeros(unitCount, settings.Type, settings.Device).DetachFromDisposeScope();
        RunningVariance = ones(unitCount, settings.Type, settings.Device).DetachFromDisposeScope();
    }

    /// <summary>γ of the paper, a parameter.</summary>
    public Tensor Scale { get; }

    /// <summary>β of the paper, a parameter.</summary>
    public Tensor Shift { get; }

    public Tensor RunningMean { get; }

    /// <summary>The average of the batches' unbiased variances, as in PyTorch.</summary>
    public Tensor RunningVariance { get; }

    /// <summary>
    /// Normalises a training batch, <c>[rows, units]</c>. A single row has no variance, so it is normalised by the running averages.
    /// </summary>
    public Tensor ForwardTraining(Tensor values) => nn.functional.batch_norm(
        values, RunningMean, RunningVariance, Scale, Shift, training: values.shape[0] > 1, Momentum, Epsilon);

    /// <summary>
    /// Sets the running averages from values, <c>[rows, units]</c>, and scale and shift so that normalisation returns those values
    /// unchanged.
    /// </summary>
    public void BecomeIdentityOn(Tensor values)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (variance, mean) = var_mean(values, [0], unbiased: values.shape[0] > 1);
        RunningMean.copy_(mean);
        RunningVariance.copy_(variance);
        Shift.copy_(mean);
        Scale.copy_((variance + Epsilon).sqrt());
    }

    public void Dispose()
    {
        Scale.Dispose();
        Shift.Dispose();
        RunningMean.Dispose();
        RunningVariance.Dispose();
    }
}
