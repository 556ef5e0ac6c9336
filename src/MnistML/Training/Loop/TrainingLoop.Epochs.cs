using System.Diagnostics;
using MnistML.Common;
using MnistML.Native;
using MnistML.Network;
using MnistML.Training.Rows;
using MnistML.Training.Schedules;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <content>One epoch: its updates, and the metrics of training, validation and rows that were left out.</content>
internal sealed partial class TrainingLoop
{
    private MlpEpochMetrics RunEpoch(
        IReadOnlyList<MlpEpochMetrics> history, MlpNetwork network, ILearner learner, RowWeights weights)
    {
        var epoch = history.Count + 1;
        double[] losses = [.. history.Select(metrics => metrics.WatchedLoss)];
        var stepCount = (long)CountEpochs(history) * _plan.BatchCount;
        var watch = Stopwatch.StartNew();
        var (sum, batch, learningRate) = (default(BatchOutcome), 0, 0.0);
        TorchSettings.UseThreads(learner.TorchThreadCount);
        using (var batches = _data.Train.ReadShuffled(_plan, new EpochSeeds(_seed, epoch), TokenWithinSteps).GetEnumerator())
        {
            learner.Begin(Next()!);
            try
            {
                while (batch < _plan.BatchCount)
                {
                    learningRate = LearningRateAt(epoch, batch, stepCount, losses);
                    var outcome = learner.Learn(learningRate, Next());
                    _hasLearnt = true;
                    if (_group.IsFirst)
                    {
                        MlpMetrics.RecordUpdate(outcome.RowCount);
                    }

                    batch++;
                    ThrowIfDiverged(outcome.MeanLoss, epoch, batch, learningRate);
                    sum += outcome;
                    ReportBatch(history, batch, sum.MeanLoss);
                }
            }
            finally
            {
                learner.End();
            }

            RowBatch? Next() => batches.MoveNext() ? batches.Current : null;
        }

        var seconds = _group.Broadcast(watch.Elapsed.TotalSeconds);
        if (_group.IsFirst)
        {
            MlpMetrics.RecordEpoch(seconds);
        }

        TorchSettings.UseThreads(ThreadCount);
        BroadcastRunningAverages(network);
        BatchOutcome? validation = _data.Validation is null
            ? null
            : Sum(_group.Together(token => Validation.Run(network, _data.Validation, _device, token), _options.CancellationToken));
        ThrowIfDiverged(network.HasFiniteState ? validation?.MeanLoss ?? sum.MeanLoss : double.NaN, epoch, batch, learningRate);
        BatchOutcome? outOfFold = Choices.IsOutOfFold && Choices.Schedule.EndsCycle(epoch, _plan.BatchCount)
            ? EvaluateOutOfFold(epoch, network, weights)
            : null;
        return new MlpEpochMetrics
        {
            Epoch = epoch,
            TrainLoss = sum.MeanLoss,
            TrainAccuracy = AccuracyOf(sum),
            TrainRootMeanSquaredError = RootMeanSquaredErrorOf(sum),
            ValidationLoss = validation?.MeanLoss,
            ValidationAccuracy = AccuracyOf(validation),
            ValidationRootMeanSquaredError = RootMeanSquaredErrorOf(validation),
            OutOfFoldLoss = outOfFold?.MeanLoss,
            OutOfFoldAccuracy = AccuracyOf(outOfFold),
            OutOfFoldRootMeanSquaredError = RootMeanSquaredErrorOf(outOfFold),
            LearningRate = learningRate,
            Seconds = seconds,
            RowsPerSecond = sum.RowCount / seconds,
        };
    }

    private double? AccuracyOf(BatchOutcome? outcome) => _options.Task == MlpTask.Regression ? null : outcome?.MeanMetric;

    private double? RootMeanSquaredErrorOf(BatchOutcome? outcome) =>
        _options.Task == MlpTask.Regression && outcome is { } regression ? Math.Sqrt(regression.MeanMetric) : null;

    private double LearningRateAt(int epoch, int batch, long stepCount, IReadOnlyList<double> losses)
    {
        var step = ((long)(epoch - 1) * _plan.BatchCount) + batch;
        return _options.Optimizer.LearningRate
            * Choices.Schedule.FactorAt(new ScheduleStep(step, stepCount, _plan.BatchCount, losses));
    }

    /// <summary>The loss at the best temperature, if that is calibrated.</summary>
    private BatchOutcome EvaluateOutOfFold(int epoch, MlpNetwork network, RowWeights weights)
    {
        using var scope = NewDisposeScope();
        var predictions = _group.Together(
            token => HeldOutPredictions.OutOfFold(network, _data.Train, weights, _group, token), _options.CancellationToken);
        var temperature = Choices.CalibratesTemperature ? predictions.FindTemperature() : 1;
        _temperatures[epoch] = temperature;
        return predictions.Evaluate(temperature);
    }
}
