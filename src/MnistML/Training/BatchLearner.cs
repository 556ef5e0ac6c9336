using MnistML.Network;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>Makes one update of a network from one batch, and counts what came out.</summary>
internal sealed class BatchLearner(MlpNetwork network, IOptimizer optimizer, RowWeights weights, MlpTrainingOptions options, Device device)
{
    /// <summary>Forward, loss, gradients, update.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="dropout">Draws the units that are dropped.</param>
    /// <param name="learningRate">This update's.</param>
    /// <returns>What the network made of the batch before the update.</returns>
    public BatchOutcome Learn(RowBatch batch, Generator dropout, double learningRate)
    {
        using var scope = NewDisposeScope();
        var labels = batch.Labels.to(device);
        var logits = network.ForwardToLearn(batch.Features.to(device), dropout);
        var loss = MlpNetwork.CrossEntropy(logits, labels, options.LabelSmoothing, weights.Of(labels, batch.Weights.to(device)));

        var gradients = network.Gradients(loss);
        if (options.GradientClipNorm is { } norm)
        {
            GradientClipping.Clip(gradients, norm);
        }

        optimizer.Step(gradients, learningRate);
        return BatchOutcome.Of(loss, logits, labels);
    }
}
