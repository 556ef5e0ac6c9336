using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Losses;
using MnistML.Training.Group;
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
    /// <summary>The processes whose predictions are looked at together.</summary>
    public TrainingGroup Group { get; init; } = TrainingGroup.None;

    /// <summary>More rows than this give no better decision.</summary>
    private const int MaxRows = 1 << 17;

    /// <summary>With many classes fewer rows are taken, so that their outputs fit easily into memory.</summary>
    private const int MaxOutputs = 1 << 22;

    /// <summary>The golden section narrows the range of the temperature's logarithm to a thousandth in so many steps.</summary>
    private const int TemperatureSteps = 20;
    private const double MaxTemperature = 20;

    /// <summary>Predictions for training rows, each by the member that left it out.</summary>
    public static HeldOutPredictions OutOfFold(
        MlpNetwork network, ITrainingRows rows, RowWeights weights, TrainingGroup group, CancellationToken cancellationToken)
    {
        NetworkEvaluator[] evaluators =
            [.. Enumerable.Range(0, network.Architecture.MemberCount).Select(member => new NetworkEvaluator(network, member))];
        try
        {
            return Collect(
                network, rows, evaluators[0].RowCapacity, batch => ComputeByFolds(evaluators, batch), weights.Of, group, cancellationToken);
        }
        finally
        {
            Array.ForEach(evaluators, evaluator => evaluator.Dispose());
        }
    }

    /// <summary>Predictions for validation rows, by all members together.</summary>
    public static HeldOutPredictions Of(
        MlpNetwork network, ITrainingRows rows, TrainingGroup group, CancellationToken cancellationToken)
    {
        using var evaluator = new NetworkEvaluator(network);
        return Collect(
            network,
            rows,
            evaluator.RowCapacity,
            batch => TensorValues.ToSingles(
                network.Settings.Loss.Average(evaluator.Compute(batch.RowCount, batch)).cpu()),
            _ => 1,
            group,
            cancellationToken);
    }

    /// <summary>Mean loss and metric, weighted.</summary>
    /// <param name="temperature">The divisor of the outputs; 1 for none.</param>
    public BatchOutcome Evaluate(double temperature)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var loss = MeanLossAt(temperature);
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

    /// <summary>
    /// In double precision: near its least value the loss changes by less than float32 holds, so that rounding, which is each processor's
    /// own, would choose the temperature.
    /// </summary>
    private double MeanLossAt(double temperature)
    {
        using var scope = NewDisposeScope();
        var targets = Targets.is_floating_point() ? Targets.to(ScalarType.Float64) : Targets;
        return MeanOf(Loss.ComputeLosses(Outputs.to(ScalarType.Float64) / temperature, targets));
    }

    private double MeanOf(Tensor values)
    {
        double[] sums = [ToDouble(values.mul(Weights)), ToDouble(Weights)];
        Group.Sum(sums);
        return sums[0] / sums[1];
    }

    private static double ToDouble(Tensor values) => values.to(ScalarType.Float64).sum().item<double>();

    private static HeldOutPredictions Collect(
        MlpNetwork network,
        ITrainingRows rows,
        int batchSize,
        Func<RowBatch, float[]> compute,
        Func<Target, double> weigh,
        TrainingGroup group,
        CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        var outputSize = network.Architecture.OutputSize;
        var maxRows = Math.Clamp(MaxOutputs / outputSize, 1, MaxRows);
        var everyNth = (rows.RowCount + maxRows - 1) / maxRows;
        var (outputs, targets) = (new List<float>(), new List<Target>());
        var batchNumber = 0L;
        foreach (var batch in rows.ReadInOrder(batchSize, cancellationToken))
        {
            if (batchNumber++ % everyNth > 0)
            {
                continue;
            }

            using var scope = NewDisposeScope();
            outputs.AddRange(compute(batch));
            targets.AddRange(batch.Targets);
        }

        var loss = network.Settings.Loss.ForValidation();
        return new HeldOutPredictions(
            loss,
            tensor(outputs.ToArray()).view(targets.Count, outputSize),
            loss.ToTensor(targets.ToArray()),
            tensor([.. targets.Select(target => (float)weigh(target))]))
        {
            Group = group,
        };
    }

    /// <summary>Each row's outputs, in the rows' order. A member computes those of its own fold only.</summary>
    private static float[] ComputeByFolds(NetworkEvaluator[] evaluators, RowBatch batch)
    {
        var outputs = new float[batch.RowCount][];
        for (var member = 0; member < evaluators.Length; member++)
        {
            int[] rows = [.. Enumerable.Range(0, batch.RowCount).Where(row => batch.TargetOf(row).Fold == member + 1)];
            if (rows.Length > 0)
            {
                var computed = TensorValues.ToSingles(evaluators[member].Compute(rows.Length, batch, rows).cpu());
                foreach (var (row, ofRow) in rows.Zip(computed.Chunk(computed.Length / rows.Length)))
                {
                    outputs[row] = ofRow;
                }
            }
        }

        return [.. outputs.SelectMany(ofRow => ofRow)];
    }
}
