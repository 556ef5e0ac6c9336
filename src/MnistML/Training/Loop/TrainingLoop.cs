using System.Diagnostics;
using MnistML.Common;
using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Network.Features;
using MnistML.Training.Checkpoints;
using MnistML.Training.Choices;
using MnistML.Training.Features;
using MnistML.Training.Optimizers;
using MnistML.Training.Rows;
using MnistML.Training.Schedules;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>Trains a network: shuffled mini-batches, one update for each, epoch after epoch.</summary>
internal sealed class TrainingLoop
{
    /// <summary>The least time between two reports of batches: short enough for a live display, long enough to cost nothing.</summary>
    private const double ReportIntervalSeconds = 0.1;

    /// <summary>So many rows give mean and spread well enough, and so many values fit easily into memory.</summary>
    private const int MaxCalibrationRows = 4096;
    private const int MaxCalibrationValues = 1 << 24;

    private readonly TrainingData _data;
    private readonly MlpTrainingOptions _options;
    private readonly int _seed;
    private readonly MlpModelParameters? _initialModel;
    private readonly TrainingCheckpoint? _checkpoint;
    private readonly FeatureEncoder? _encoder;
    private readonly MlpArchitecture _architecture;
    private readonly BatchPlan _plan;
    private readonly Device _device;
    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
    private bool _hasLearnt;

    /// <param name="data">The rows to learn from, and to validate with.</param>
    /// <param name="options">The network, and how it is trained.</param>
    /// <param name="seed">The seed of all random numbers.</param>
    /// <param name="initialModel">The model to start from; null to draw the weights.</param>
    /// <param name="checkpoint">The checkpoint to resume from; null to start from the beginning.</param>
    public TrainingLoop(
        TrainingData data,
        MlpTrainingOptions options,
        int seed,
        MlpModelParameters? initialModel = null,
        TrainingCheckpoint? checkpoint = null)
    {
        (_options, _seed, _initialModel, _checkpoint) = (options, seed, initialModel, checkpoint);
        _device = TrainingDevice.Find(options.Device);
        FeatureKind = options.Augmentation is null ? FeatureKinds.Of(data.Statistics.Sample!) : FeatureKind.Images;
        Choices = TrainingChoices.Of(options, FeatureKind, data.FeatureCount, data.Train.RowCount, initialModel);
        ThrowIfNothingIsLeftOut(data);
        _data = Choices.IsOutOfFold ? data.WithFolds(Choices.Members, seed) : data;
        _encoder = EncoderFitting.Fit(Choices, data.Statistics, initialModel?.Encoding);
        _architecture = new MlpArchitecture(
            data.FeatureCount,
            Choices.HiddenLayers,
            options.Task == MlpTask.Multiclass ? data.ClassCount : 1,
            options.Activation,
            options.Task,
            Choices.Members,
            _encoder?.Encoding?.Columns.Count);
        _plan = new BatchPlan(data.Train.RowCount, Choices.BatchSize, JoinsSingleRow: options.BatchNormalization);
    }

    /// <summary>What the features are like.</summary>
    public FeatureKind FeatureKind { get; }

    /// <summary>What the rules chose where the user left it open.</summary>
    public TrainingChoices Choices { get; }

    /// <summary>Whether libtorch's automatic differentiation is used on the processor too, for comparison.</summary>
    public bool UsesAutograd { get; init; }

    /// <summary>Times the phases of batches; null, the default, for no timing.</summary>
    public PhaseTimer? Timer { get; init; }

    private bool HasCycles => Choices.Schedule is DoublingCyclesSchedule;

    /// <summary>Builds, initialises and trains a network.</summary>
    public TrainingResult Run()
    {
        using var scope = NewDisposeScope();
        using var settings = new TorchSettings(ThreadCount);
        var weights = new RowWeights(_options.WeightsOfClasses, _data.Statistics);
        using var network = CreateNetwork();
        using var optimizer = _options.Optimizer.Create(network);
        var state = new TrainingState(network, optimizer, epoch => Choices.Schedule.EndsCycle(epoch, _plan.BatchCount));
        var checkpoints = _options.CheckpointPath is { } path
            ? new CheckpointFile(
                path, _seed,
                TrainingFingerprint.Of(
                    _architecture, _data, Choices.ApplyTo(_options), network.Settings.Precision, _device.ToString(), _seed, _initialModel))
            : null;
        checkpoints?.Begin(state, _checkpoint, _plan.BatchCount);
        using var learner = CreateLearner(network, optimizer, weights);
        _hasLearnt = state.History.Count > 0;
        try
        {
            while (state.History.Count < CountEpochs(state.History) && !EndsEarly(state.History))
            {
                var metrics = RunEpoch(state.History, network, learner, weights);
                state.Append(metrics);
                checkpoints?.Write(state);
                Report(state.History, _plan.BatchCount, metrics.TrainLoss, metrics);
            }
        }
        catch (OperationCanceledException) when (GivesModelWhenCancelled)
        {
            state.ReturnToBest();
        }

        if (_options.EarlyStopping is not null || HasCycles)
        {
            state.ReturnToBest();
        }

        // What gives the model of a cancelled training gives it whole.
        var cancellationToken = GivesModelWhenCancelled ? CancellationToken.None : _options.CancellationToken;
        if (Choices.CalibratesTemperature && Predict(network, weights, cancellationToken) is { } predictions)
        {
            network.Temperature = predictions.FindTemperature();
        }

        return new TrainingResult(ToFiniteModel(network), state.History) { Temperature = network.Temperature };
    }

    private void ThrowIfNothingIsLeftOut(TrainingData data)
    {
        if (Choices.IsOutOfFold && (Choices.Members == 1 || data.Train.RowCount < Choices.Members))
        {
            throw new InvalidOperationException(
                $"{nameof(_options.OutOfFold)} is true, but {data.Train.RowCount} training rows can't be left out by {Choices.Members} "
                + $"members in turn: it needs at least 2 {nameof(_options.Members)}, and as many rows.");
        }

        if (_options.Calibrates == true && !Choices.IsOutOfFold && data.Validation is null)
        {
            throw new InvalidOperationException(
                $"{nameof(MlpClassificationOptions.CalibrateTemperature)} is true, but there are no rows to calibrate with that were not "
                + $"learned from: set {nameof(_options.OutOfFold)} to true, pass validation data to Fit, "
                + $"or set {nameof(_options.ValidationFraction)}.");
        }
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
        _options.OnCancellation == MlpOnCancellation.ReturnBest && _options.CancellationToken.IsCancellationRequested && _hasLearnt;

    private int ThreadCount => _options.ChooseThreadCount();

    /// <summary>Automatic differentiation is used only on devices whose memory the hand-written loops can't reach.</summary>
    private ILearner CreateLearner(MlpNetwork network, IOptimizer optimizer, RowWeights weights) =>
        _device.type == TorchSharp.DeviceType.CPU && !UsesAutograd
        ? new ParallelLearner(network, optimizer, weights, _options, _plan, ThreadCount, Timer)
        : new AutogradLearner(network, optimizer, weights, _options, _plan, ThreadCount);

    private MlpNetwork CreateNetwork()
    {
        var network = new MlpNetwork(_architecture, new NetworkSettings
        {
            DropoutRate = Choices.DropoutRate,
            BatchNormalization = _options.BatchNormalization,
            Encoder = _encoder,
            HasFeatureFactors = Choices.HasFeatureFactors,
            Loss = _options.CreateLoss(_data.Statistics.TargetScale),
            Precision = _options.PrecisionFor(_architecture, _device),
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
        if (_initialModel is null)
        {
            using var generator = new Generator(Seeds.ForWeights(_seed), CPU);
            _options.Initializer.Initialize(network, generator);
            return;
        }

        var rowCount = Math.Clamp(MaxCalibrationValues / network.InputCount, 1, MaxCalibrationRows);
        using var batches = _data.Train.ReadInOrder(rowCount, _options.CancellationToken).GetEnumerator();
        batches.MoveNext();
        network.TakeOver(_initialModel, BatchTensors.Features(batches.Current, _data.FeatureCount));
    }

    private bool EndsEarly(IReadOnlyList<MlpEpochMetrics> history) =>
        _options.EarlyStopping is { } rule && rule.EndsAfter(history.Select(epoch => epoch.WatchedLoss));

    /// <summary>The number of epochs, as far as it is known after those that have ended.</summary>
    private int CountEpochs(IReadOnlyList<MlpEpochMetrics> history) =>
        Choices.Schedule.CountEpochs(_plan.BatchCount, [.. history.Select(epoch => epoch.SelectionLoss)]) is { } count
            ? Math.Min(count, Choices.MaxEpochs ?? int.MaxValue)
            : Choices.MaxEpochs!.Value;

    /// <summary>
    /// Predictions for rows that were not learned from: out of fold, or else those of validation; null where there are none.
    /// </summary>
    private HeldOutPredictions? Predict(MlpNetwork network, RowWeights weights, CancellationToken cancellationToken) =>
        Choices.IsOutOfFold ? HeldOutPredictions.OutOfFold(network, _data.Train, weights, cancellationToken)
        : _data.Validation is not null ? HeldOutPredictions.Of(network, _data.Validation, cancellationToken)
        : null;

    private MlpEpochMetrics RunEpoch(
        IReadOnlyList<MlpEpochMetrics> history, MlpNetwork network, ILearner learner, RowWeights weights)
    {
        var epoch = history.Count + 1;
        double[] losses = [.. history.Select(metrics => metrics.WatchedLoss)];
        var stepCount = (long)CountEpochs(history) * _plan.BatchCount;
        var watch = Stopwatch.StartNew();
        var (sum, batch, learningRate) = (default(BatchOutcome), 0, 0.0);
        TorchSettings.UseThreads(learner.TorchThreadCount);
        using (var batches = _data.Train.ReadShuffled(_plan, new EpochSeeds(_seed, epoch), _options.CancellationToken).GetEnumerator())
        {
            learner.Begin(Next()!);
            while (batch < _plan.BatchCount)
            {
                learningRate = LearningRateAt(epoch, batch, stepCount, losses);
                var outcome = learner.Learn(learningRate, Next());
                _hasLearnt = true;
                batch++;
                ThrowIfDiverged(outcome.MeanLoss, epoch, batch, learningRate);
                sum += outcome;
                ReportBatch(history, batch, sum.MeanLoss);
            }

            RowBatch? Next() => batches.MoveNext() ? batches.Current : null;
        }

        var seconds = watch.Elapsed.TotalSeconds;
        TorchSettings.UseThreads(ThreadCount);
        BatchOutcome? validation = _data.Validation is null
            ? null
            : Validation.Run(network, _data.Validation, _device, _options.CancellationToken);
        ThrowIfDiverged(network.HasFiniteState ? validation?.MeanLoss ?? sum.MeanLoss : double.NaN, epoch, batch, learningRate);
        var outOfFold = Choices.IsOutOfFold && Choices.Schedule.EndsCycle(epoch, _plan.BatchCount)
            ? Predict(network, weights, _options.CancellationToken)?.Evaluate(Choices.CalibratesTemperature)
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

    private void ThrowIfDiverged(double loss, int epoch, int batch, double learningRate)
    {
        if (!double.IsFinite(loss))
        {
            throw new MlpDivergenceException(
                FormattableString.Invariant($"The training diverged in epoch {epoch}, batch {batch} of {_plan.BatchCount}: ")
                + FormattableString.Invariant($"the loss is {loss} at a learning rate of {learningRate}, ")
                + $"with {_options.Optimizer}. Try a smaller learning rate, a warm-up (Schedule with WarmUpEpochs), "
                + $"{nameof(_options.GradientClipNorm)} = 1"
                + (_options.FeatureScaling == MlpFeatureScaling.None
                    ? $", or features of one scale ({nameof(_options.FeatureScaling)} = Standardize)." : "."),
                epoch,
                batch,
                learningRate);
        }
    }

    private void ReportBatch(IReadOnlyList<MlpEpochMetrics> history, int batch, double trainLoss)
    {
        if (batch < _plan.BatchCount && _sinceReport.Elapsed.TotalSeconds >= ReportIntervalSeconds)
        {
            Report(history, batch, trainLoss, metrics: null);
        }
    }

    private void Report(IReadOnlyList<MlpEpochMetrics> history, int batch, double trainLoss, MlpEpochMetrics? metrics)
    {
        _sinceReport.Restart();
        var epoch = metrics?.Epoch ?? history.Count + 1;
        _options.Progress?.Report(new MlpProgress
        {
            Epoch = epoch,
            EpochCount = CountEpochs(history),
            Cycle = Choices.Schedule.CycleOf(epoch, _plan.BatchCount),
            Batch = batch,
            BatchCount = _plan.BatchCount,
            TrainLoss = trainLoss,
            Metrics = metrics,
        });
    }
}
