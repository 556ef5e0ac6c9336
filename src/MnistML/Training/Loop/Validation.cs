using MnistML.Network;
using MnistML.Training.Rows;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>
/// Evaluates the network on all validation rows, as the finished model would score them: plain cross-entropy and accuracy.
/// </summary>
internal static class Validation
{
    /// <summary>Values in a batch: enough for libtorch to be fast, few enough not to matter in memory.</summary>
    private const int ValuesInBatch = 1 << 20;

    public static BatchOutcome Run(MlpNetwork network, ITrainingRows rows, Device device, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        var sum = default(BatchOutcome);
        foreach (var batch in rows.ReadInOrder(Math.Max(ValuesInBatch / rows.FeatureCount, 1), cancellationToken))
        {
            using var scope = NewDisposeScope();
            var labels = BatchTensors.Labels(batch).to(device);
            var logits = network.Forward(BatchTensors.Features(batch, rows.FeatureCount).to(device));
            sum += BatchOutcome.Of(MlpNetwork.CrossEntropy(logits, labels), logits, labels);
        }

        return sum;
    }
}
