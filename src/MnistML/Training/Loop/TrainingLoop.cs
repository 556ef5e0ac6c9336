using System.Diagnostics;
using MnistML.Common;
using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Training.Checkpoints;
using MnistML.Training.Optimizers;
using MnistML.Training.Rows;
using MnistML.Training.Schedules;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>Trains a network: shuffled mini-batches, one update for each, epoch after epoch.</summary>
/// <param name="data">The rows to learn from, and to validate with.</param>
/// <param name="options">The network, and how it is trained.</param>
/// <param name="seed">The seed of all random numbers.</param>
/// <param name="initialModel">The model to start from; null to draw the weights.</param>
/// <param name="checkpoint">The checkpoint to resume from; null to start from the beginning.</param>
internal sealed class TrainingLoop(
    TrainingData data, MlpTrainingOptions options, int seed, MlpModelParameters? initialModel = null, TrainingCheckpoint? checkpoint = null)
{
    /// <summary>The least time between two reports of batches: short enough for a live display, long enough to cost nothing.</summary>
    private const double ReportIntervalSeconds = 0.1;

    /// <summary>So many rows give mean and spread well enough, and so many values fit easily into memory.</summary>
    private const int MaxCalibrationRows = 4096;
    private const int MaxCalibrationValues = 1 << 24;

    private readonly MlpArchitecture _architecture = options.ArchitectureFor(data.FeatureCount, data.ClassCount);
    private readonly BatchPlan _plan = new(data.Train.RowCount, options.BatchSize, JoinsSingleRow: options.BatchNormalization);
    private readonly Device _device = TrainingDevice.Find(options.Device);
    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
    private bool _hasLearnt;

    /// <summary>Whether libtorch's automatic differentiation is used on the processor too, for comparison.</summary>
    public bool UsesAutograd { get; init; }

    /// <summary>Times the phases of batches; null, the default, for no timing.</summary>
    public PhaseTimer? Timer { get; init; }

    private int EpochCount => options.EpochsFor(_plan.BatchCount);

    /// <summary>Builds, initialises and trains a network.</summary>
    public TrainingResult Run()
    {
        using var scope = NewDisposeScope();
        using var settings = new TorchSettings(ThreadCount);
        var weights = new RowWeights(options.WeightsOfClasses, data.Statistics);
        using var network = CreateNetwork();
        using var optimizer = options.Optimizer.Create(network);
        var state = new TrainingState(network, optimizer);
        var checkpoints = options.CheckpointPath is { } path
            ? new CheckpointFile(
                path, seed,
                TrainingFingerprint.Of(_architecture, data, options, network.Settings.Precision, _device.ToString(), seed, initialModel))
            : null;
        checkpoints?.Begin(state, checkpoint, _plan.BatchCount);
        using var learner = CreateLearner(network, optimizer, weights);
        _hasLearnt = state.History.Count > 0;
        try
        {
            while (state.History.Count < EpochCount && !EndsEarly(state.History))
            {
                var metrics = RunEpoch(state.History, network, learner);
                state.Append(metrics);
                checkpoints?.Write(state);
                Report(metrics.Epoch, _plan.BatchCount, metrics.TrainLoss, metrics);
            }
        }
        catch (OperationCanceledException) when (GivesModelWhenCancelled)
        {
            state.ReturnToBest();
        }

        if (options.EarlyStopping is not null)
        {
            state.ReturnToBest();
        }

        return new TrainingResult(ToFiniteModel(network), state.History);
    }

    /// <summary>Weights that are finite may not be so any more when the scales of features and labels are folded in.</summary>
    private static MlpModelParameters ToFiniteModel(MlpNetwork network)
    {
        var model = network.ToModelParameters();
        return model.IsFinite
            ? model
            : throw new InvalidOperationException(
                "The finished network has weights that no float holds, once the scales of features and labels are folded into them: "
                + (network.Settings.Loss.TargetScale is { } labels
                    ? FormattableString.Invariant($"the labels deviate by {labels.Deviation:G3}. Give them in another unit, ")
                    : "some features hardly vary. Give them in another unit, ")
                + "so that they are near 1.");
    }

    private bool GivesModelWhenCancelled =>
        options.OnCancellation == MlpOnCancellation.ReturnBest && options.CancellationToken.IsCancellationRequested && _hasLearnt;

    private int ThreadCount => options.ChooseThreadCount();

    /// <summary>Automatic differentiation is used only on devices whose memory the hand-written loops can't reach.</summary>
    private ILearner CreateLearner(MlpNetwork network, IOptimizer optimizer, RowWeights weights) =>
        _device.type == TorchSharp.DeviceType.CPU && !UsesAutograd
        ? new ParallelLearner(network, optimizer, weights, options, _plan, ThreadCount, Timer)
        : new AutogradLearner(network, optimizer, weights, options, _plan, ThreadCount);

    private MlpNetwork CreateNetwork()
    {
        var network = new MlpNetwork(_architecture, new NetworkSettings
        {
            DropoutRate = options.DropoutRateFor(data.Train.RowCount),
            BatchNormalization = options.BatchNormalization,
            FeatureScale = data.Statistics.FeatureScale,
            Loss = options.CreateLoss(data.Statistics.TargetScale),
            Precision = options.PrecisionFor(_architecture, _device),
            Device = _device,
        });
        try
        {
            Initialize(network);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Draws the weights, or takes them from the initial model.</summary>
    private void Initialize(MlpNetwork network)
    {
        using var scope = NewDisposeScope();
        if (initialModel is null)
        {
            using var generator = new Generator(Seeds.ForWeights(seed), CPU);
            options.Initializer.Initialize(network, generator);
            return;
        }

        var rowCount = Math.Clamp(MaxCalibrationValues / data.FeatureCount, 1, MaxCalibrationRows);
        using var batches = data.Train.ReadInOrder(rowCount, options.CancellationToken).GetEnumerator();
        batches.MoveNext();
        network.TakeOver(initialModel, BatchTensors.Features(batches.Current, data.FeatureCount).to(_device));
    }

    private bool EndsEarly(IReadOnlyList<MlpEpochMetrics> history) =>
        options.EarlyStopping is { } rule && rule.EndsAfter(history.Select(epoch => epoch.WatchedLoss));

    private MlpEpochMetrics RunEpoch(IReadOnlyList<MlpEpochMetrics> history, MlpNetwork network, ILearner learner)
    {
        var epoch = history.Count + 1;
        double[] losses = [.. history.Select(metrics => metrics.WatchedLoss)];
        var watch = Stopwatch.StartNew();
        var (sum, batch, learningRate) = (default(BatchOutcome), 0, 0.0);
        TorchSettings.UseThreads(learner.TorchThreadCount);
        using (var batches = data.Train.ReadShuffled(_plan, new EpochSeeds(seed, epoch), options.CancellationToken).GetEnumerator())
        {
            learner.Begin(Next()!);
            while (batch < _plan.BatchCount)
            {
                learningRate = LearningRateAt(epoch, batch, losses);
                var outcome = learner.Learn(learningRate, Next());
                _hasLearnt = true;
                batch++;
                ThrowIfDiverged(outcome.MeanLoss, epoch, batch, learningRate);
                sum += outcome;
                ReportBatch(epoch, batch, sum.MeanLoss);
            }

            RowBatch? Next() => batches.MoveNext() ? batches.Current : null;
        }

        var seconds = watch.Elapsed.TotalSeconds;
        TorchSettings.UseThreads(ThreadCount);
        BatchOutcome? validation = data.Validation is null
            ? null
            : Validation.Run(network, data.Validation, _device, options.CancellationToken);
        ThrowIfDiverged(network.HasFiniteState ? validation?.MeanLoss ?? sum.MeanLoss : double.NaN, epoch, batch, learningRate);
        return new MlpEpochMetrics
        {
            Epoch = epoch,
            TrainLoss = sum.MeanLoss,
            TrainAccuracy = AccuracyOf(sum),
            TrainRootMeanSquaredError = RootMeanSquaredErrorOf(sum),
            ValidationLoss = validation?.MeanLoss,
            ValidationAccuracy = AccuracyOf(validation),
            ValidationRootMeanSquaredError = RootMeanSquaredErrorOf(validation),
            LearningRate = learningRate,
            Seconds = seconds,
            RowsPerSecond = sum.RowCount / seconds,
        };
    }

    private double? AccuracyOf(BatchOutcome? outcome) => options.Task == MlpTask.Regression ? null : outcome?.MeanMetric;

    private double? RootMeanSquaredErrorOf(BatchOutcome? outcome) =>
        options.Task == MlpTask.Regression && outcome is { } regression ? Math.Sqrt(regression.MeanMetric) : null;

    private double LearningRateAt(int epoch, int batch, IReadOnlyList<double> losses)
    {
        var step = ((long)(epoch - 1) * _plan.BatchCount) + batch;
        return options.Optimizer.LearningRate
            * options.Schedule.FactorAt(new ScheduleStep(step, (long)EpochCount * _plan.BatchCount, _plan.BatchCount, losses));
    }

    private void ThrowIfDiverged(double loss, int epoch, int batch, double learningRate)
    {
        if (!double.IsFinite(loss))
        {
            throw new MlpDivergenceException(
                FormattableString.Invariant($"The training diverged in epoch {epoch}, batch {batch} of {_plan.BatchCount}: ")
                + FormattableString.Invariant($"the loss is {loss} at a learning rate of {learningRate}, ")
                + $"with {options.Optimizer}. Try a smaller learning rate, a warm-up (Schedule with WarmUpEpochs), "
                + $"{nameof(options.GradientClipNorm)} = 1"
                + (options.FeatureScaling == MlpFeatureScaling.None
                    ? $", or features of one scale ({nameof(options.FeatureScaling)} = Standardize)." : "."),
                epoch,
                batch,
                learningRate);
        }
    }

    private void ReportBatch(int epoch, int batch, double trainLoss)
    {
        if (batch < _plan.BatchCount && _sinceReport.Elapsed.TotalSeconds >= ReportIntervalSeconds)
        {
            Report(epoch, batch, trainLoss, metrics: null);
        }
    }

    private void Report(int epoch, int batch, double trainLoss, MlpEpochMetrics? metrics)
    {
        _sinceReport.Restart();
        options.Progress?.Report(new MlpProgress
        {
            Epoch = epoch,
            EpochCount = EpochCount,
            Batch = batch,
            BatchCount = _plan.BatchCount,
            TrainLoss = trainLoss,
            Metrics = metrics,
        });
    }
}
