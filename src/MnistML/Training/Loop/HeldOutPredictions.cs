using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Losses;
using MnistML.Training.Rows;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>A network's outputs for rows that it did not learn from. The caller's dispose scope owns the tensors.</summary>
/// <param name="Loss">The loss of the task.</param>
/// <param name="Outputs"><c>[rows, outputs]</c>.</param>
/// <param name="Targets"><c>[rows]</c>, as the loss takes them.</param>
/// <param name="Weights"><c>[rows]</c>.</param>
internal sealed record HeldOutPredictions(TrainingLoss Loss, Tensor Outputs, Tensor Targets, Tensor Weights)
{
    /// <summary>More rows than this give no better decision.</summary>
    private const int MaxRows = 1 << 17;

    /// <summary>With many classes fewer rows are taken, so that their outputs fit easily into memory.</summary>
    private const int MaxOutputs = 1 << 22;

    /// <summary>The golden section narrows the range of the temperature's logarithm to a thousandth in so many steps.</summary>
    private const int TemperatureSteps = 20;
    private const double MaxTemperature = 20;

    /// <summary>Predictions for training rows, each by the member that left it out.</summary>
    public static HeldOutPredictions OutOfFold(
        MlpNetwork network, ITrainingRows rows, RowWeights weights, CancellationToken cancellationToken) => Collect(
        network,
        rows,
        (outputs, targets) => outputs[
            TensorIndex.Tensor(arange(outputs.shape[0])),
            TensorIndex.Tensor(tensor(targets.ToArray().Select(target => target.Fold - 1L).ToArray()))],
        weights.Of,
        cancellationToken);

    /// <summary>Predictions for validation rows, by all members together.</summary>
    public static HeldOutPredictions Of(MlpNetwork network, ITrainingRows rows, CancellationToken cancellationToken) =>
        Collect(network, rows, (outputs, _) => network.Settings.Loss.Average(outputs), _ => 1, cancellationToken);

    /// <summary>Mean loss and metric, weighted.</summary>
    /// <param name="isCalibrated">Whether the loss is that at the best temperature.</param>
    public BatchOutcome Evaluate(bool isCalibrated)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var loss = MeanLossAt(isCalibrated ? FindTemperature() : 1);
        var metric = MeanOf(Loss.ComputeMetrics(Outputs, Targets));
        return BatchOutcome.Of(1, new RowLoss(loss, metric), Loss);
    }

    /// <summary>The temperature, the divisor of the outputs, at which the mean loss is least.</summary>
    public double FindTemperature()
    {
        using var noGradient = no_grad();
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (-Math.Log(MaxTemperature), Math.Log(MaxTemperature));
        var (left, right) = (high - (ratio * (high - low)), low + (ratio * (high - low)));
        var (atLeft, atRight) = (MeanLossAt(Math.Exp(left)), MeanLossAt(Math.Exp(right)));
        for (var step = 0; step < TemperatureSteps; step++)
        {
            if (atLeft <= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (ratio * (high - low));
                atLeft = MeanLossAt(Math.Exp(left));
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (ratio * (high - low));
                atRight = MeanLossAt(Math.Exp(right));
            }
        }

        return Math.Exp((low + high) / 2);
    }

    private double MeanLossAt(double temperature)
    {
        using var scope = NewDisposeScope();
        return MeanOf(Loss.ComputeLosses(Outputs / temperature, Targets));
    }

    private double MeanOf(Tensor values) => ToDouble(values.mul(Weights)) / ToDouble(Weights);

    private static double ToDouble(Tensor values) => values.to(ScalarType.Float64).sum().item<double>();

    private static HeldOutPredictions Collect(
        MlpNetwork network,
        ITrainingRows rows,
        Selector select,
        Func<Target, double> weigh,
        CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        using var evaluator = new NetworkEvaluator(network);
        var outputSize = network.Architecture.OutputSize;
        var maxRows = Math.Clamp(MaxOutputs / outputSize, 1, MaxRows);
        var everyNth = (rows.RowCount + maxRows - 1) / maxRows;
        var (outputs, targets) = (new List<float>(), new List<Target>());
        var batchNumber = 0L;
        foreach (var batch in rows.ReadInOrder(evaluator.RowCapacity, cancellationToken))
        {
            if (batchNumber++ % everyNth > 0)
            {
                continue;
            }

            using var scope = NewDisposeScope();
            outputs.AddRange(TensorValues.ToSingles(select(evaluator.Compute(batch.RowCount, batch.CopyFeatures).cpu(), batch.Targets)));
            targets.AddRange(batch.Targets);
        }

        var loss = network.Settings.Loss.ForValidation();
        return new HeldOutPredictions(
            loss,
            tensor(outputs.ToArray()).view(targets.Count, outputSize),
            loss.ToTensor(targets.ToArray()),
            tensor([.. targets.Select(target => (float)weigh(target))]));
    }

    private delegate Tensor Selector(Tensor outputs, ReadOnlySpan<Target> targets);
}
