using System.Diagnostics;
using MnistML.Network;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>Trains a network on a training set: shuffled mini-batches, one update for each, epoch after epoch.</summary>
internal sealed class TrainingLoop(TrainingSet data, MlpTrainingOptions options, int seed)
{
    /// <summary>Batches are reported this often at most, so that a display stays live and costs nothing.</summary>
    private const double ReportIntervalSeconds = 0.1;

    private readonly int _batchCount = data.BatchCount(options.BatchSize);
    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();

    /// <summary>Builds, initialises and trains a network.</summary>
    public TrainingResult Run()
    {
        var architecture = new MlpArchitecture(data.FeatureCount, options.HiddenLayers, data.ClassCount, options.Activation);
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        using var network = new MlpNetwork(architecture);
        options.Initializer.Initialize(network, generator);
        using var optimizer = options.Optimizer.Create(network);

        var history = new List<MlpEpochMetrics>();
        for (var epoch = 1; epoch <= EpochCount; epoch++)
        {
            var metrics = RunEpoch(network, optimizer, generator, history, epoch);
            history.Add(metrics);
            Report(epoch, _batchCount, metrics);
        }

        return new TrainingResult(network.ToModelParameters(), history);
    }

    private int EpochCount => options.EpochsFor(_batchCount);

    private MlpEpochMetrics RunEpoch(MlpNetwork network, IOptimizer optimizer, Generator generator, IReadOnlyList<MlpEpochMetrics> history, int epoch)
    {
        var watch = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        var order = randperm(data.RowCount, generator: generator);
        var lossSum = zeros(1, float64);
        double[] losses = [.. history.Select(metrics => metrics.TrainLoss)];
        var learningRate = 0.0;
        for (var batch = 0; batch < _batchCount; batch++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            learningRate = LearningRateAt(epoch, batch, losses);
            TrainBatch(network, optimizer, learningRate, RowsOf(batch, order), lossSum);
            ReportBatch(epoch, batch + 1);
        }

        var trainLoss = lossSum.item<double>() / data.RowCount;
        ThrowIfDiverged(trainLoss, epoch);
        return new MlpEpochMetrics { Epoch = epoch, TrainLoss = trainLoss, LearningRate = learningRate, Seconds = watch.Elapsed.TotalSeconds };
    }

    private double LearningRateAt(int epoch, int batch, IReadOnlyList<double> losses)
    {
        var step = ((long)(epoch - 1) * _batchCount) + batch;
        return options.Optimizer.LearningRate
            * options.Schedule.FactorAt(new ScheduleStep(step, (long)EpochCount * _batchCount, _batchCount, losses));
    }

    private void TrainBatch(MlpNetwork network, IOptimizer optimizer, double learningRate, Tensor rows, Tensor lossSum)
    {
        using var scope = NewDisposeScope();
        var features = data.Features.index_select(0, rows);
        var labels = data.Labels.index_select(0, rows);

        var loss = MlpNetwork.CrossEntropy(network.Forward(features), labels);
        optimizer.Step(network.Gradients(loss), learningRate);

        // The sum stays a tensor: reading each batch's loss would wait for it.
        lossSum.add_(loss.detach().to(float64), alpha: rows.shape[0]);
    }

    private Tensor RowsOf(int batch, Tensor order)
    {
        var start = (long)batch * options.BatchSize;
        return order.narrow(0, start, Math.Min(options.BatchSize, data.RowCount - start));
    }

    private void ThrowIfDiverged(double trainLoss, int epoch)
    {
        if (!double.IsFinite(trainLoss))
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"The training diverged: the loss of epoch {epoch} is {trainLoss}, with {options.Optimizer}. ")
                + "Try a smaller learning rate, or features of a smaller scale (NormalizeMinMax, NormalizeMeanVariance).");
        }
    }

    private void ReportBatch(int epoch, int batch)
    {
        if (batch < _batchCount && _sinceReport.Elapsed.TotalSeconds >= ReportIntervalSeconds)
        {
            Report(epoch, batch, metrics: null);
        }
    }

    private void Report(int epoch, int batch, MlpEpochMetrics? metrics)
    {
        _sinceReport.Restart();
        options.Progress?.Report(new MlpProgress
        {
            Epoch = epoch,
            EpochCount = EpochCount,
            Batch = batch,
            BatchCount = _batchCount,
            Metrics = metrics,
        });
    }
}
