using MnistML.Network;
using MnistML.Network.Losses;
using MnistML.Training.Rows;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>
/// Evaluates the network on all validation rows, as the finished model would score them: without label smoothing, weights and dropout.
/// </summary>
internal static class Validation
{
    public static BatchOutcome Run(MlpNetwork network, ITrainingRows rows, Device device, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        var loss = network.Settings.Loss.ForValidation();
        var sum = default(BatchOutcome);
        using var evaluator = new NetworkEvaluator(network);
        foreach (var batch in rows.ReadInOrder(evaluator.RowCapacity, cancellationToken))
        {
            using var scope = NewDisposeScope();
            var targets = loss.ToTensor(batch.Targets).to(device);
            var outputs = loss.Average(evaluator.Compute(batch.RowCount, batch));
            var losses = Sum(loss.ComputeLosses(outputs, targets));
            sum += BatchOutcome.Of(batch.RowCount, new RowLoss(losses, Sum(loss.ComputeMetrics(outputs, targets))), loss);
        }

        return sum;
    }

    private static double Sum(Tensor values) => values.to(ScalarType.Float64).sum().item<double>();
}
