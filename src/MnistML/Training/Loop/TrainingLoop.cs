using System.Diagnostics;
using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Features;
using MnistML.Network.Workers;
using MnistML.Training.Checkpoints;
using MnistML.Training.Choices;
using MnistML.Training.Features;
using MnistML.Training.Group;
using MnistML.Training.Rows;
using MnistML.Training.Schedules;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>Trains a network: shuffled mini-batches, one update for each, epoch after epoch.</summary>
internal sealed partial class TrainingLoop
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
    private readonly TrainingGroup _group;
    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();

    /// <summary>The temperature after each epoch of this run that was evaluated out of fold.</summary>
    private readonly Dictionary<int, double> _temperatures = [];
    private bool _hasLearnt;

    /// <param name="data">The rows to learn from, and to validate with.</param>
    /// <param name="options">The network, and how it is trained.</param>
    /// <param name="seed">The seed of all random numbers.</param>
    /// <param name="initialModel">The model to start from; null to draw the weights.</param>
    /// <param name="checkpoint">The checkpoint to resume from; null to start from the beginning.</param>
    /// <param name="group">The processes that train together; null for those of the options.</param>
    public TrainingLoop(
        TrainingData data,
        MlpTrainingOptions options,
        int seed,
        MlpModelParameters? initialModel = null,
        TrainingCheckpoint? checkpoint = null,
        TrainingGroup? group = null)
    {
        _group = group ?? TrainingGroup.Of(options.Group);
        (_options, _seed, _initialModel, _checkpoint) = (options, seed, initialModel, checkpoint);
        _device = TrainingDevice.Find(options.Device);
        FeatureKind = options.Augmentation is null ? FeatureKinds.Of(data.Statistics.Sample!) : FeatureKind.Images;
        var manyValuedCount = FeatureKind == FeatureKind.Table ? FeatureKinds.CountOfManyValued(data.Statistics.Sample!) : 0;
        Choices = TrainingChoices.Of(
            options, FeatureKind, data.FeatureCount, manyValuedCount, data.Train.RowCount, data.ClassCount, initialModel);
        ThrowIfNothingIsLeftOut(data);
        _data = Choices.IsOutOfFold ? data.WithFolds(Choices.Members, seed) : data;
        _encoder = EncoderFitting.Fit(Choices, data.Statistics, initialModel?.Encoding, ThreadCount);
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

    /// <summary>The memory that it takes; null where that is not the processor's.</summary>
    public TrainingCost? Cost => _device.type != TorchSharp.DeviceType.CPU ? null : new TrainingCost(
        _architecture,
        RowCapacity,
        Precision == MlpPrecision.BFloat16 ? sizeof(ushort) : sizeof(float),
        Choices.SparseFeatures);

    /// <summary>Classes whose weights are drawn, since the initial model, in which they are 0, does not know them.</summary>
    public IReadOnlyList<int> NewClasses { get; init; } = [];

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
        var checkpoints = _options.CheckpointPath is null && _group.IsAlone ? null : OpenCheckpoints();
        using var network = CreateNetwork();
        var (history, bestEpoch) = Learn(network, weights, checkpoints);

        // Who wants the model of a cancelled training wants it whole.
        var isCancellable = _options.OnCancellation == MlpOnCancellation.Throw;
        var cancellationToken = isCancellable ? _options.CancellationToken : CancellationToken.None;
        if (Choices.CalibratesTemperature)
        {
            network.Temperature = bestEpoch is { } epoch && _temperatures.TryGetValue(epoch, out var temperature)
                ? temperature
                : _group.Together(token => Predict(network, weights, token), cancellationToken)?.FindTemperature() ?? 1;
        }

        return new TrainingResult(ToFiniteModel(network), history) { Temperature = network.Temperature };
    }

    /// <summary>The file of checkpoints, once all processes are known to have the same training.</summary>
    private CheckpointFile OpenCheckpoints()
    {
        var fingerprint = TrainingFingerprint.Of(
            _architecture, _data, Choices.ApplyTo(_options), Precision, _device.ToString(), _seed, _initialModel);
        _group.ThrowIfOther(new Dictionary<string, string>(fingerprint)
        {
            [nameof(_options.OnCancellation)] = $"{_options.OnCancellation}",
        });
        return new CheckpointFile(_group.IsFirst ? _options.CheckpointPath : null, _seed, fingerprint);
    }

    /// <summary>Makes all updates. What only they need is freed before the network becomes a model.</summary>
    /// <returns>The metrics of all epochs, and the epoch whose weights the network was given back; null for the last weights.</returns>
    private (IReadOnlyList<MlpEpochMetrics> History, int? BestEpoch) Learn(
        MlpNetwork network, RowWeights weights, CheckpointFile? checkpoints)
    {
        using var optimizer = _options.Optimizer.Create(network);
        var state = new TrainingState(network, optimizer, epoch => Choices.Schedule.EndsCycle(epoch, _plan.BatchCount));
        checkpoints?.Begin(state, _checkpoint, _plan.BatchCount);
        BeginTogether(network);
        using var learner = CreateLearner(network, optimizer, weights);
        _hasLearnt = state.History.Count > 0;
        try
        {
            while (state.History.Count < CountEpochs(state.History) && !EndsEarly(state.History))
            {
                var metrics = RunEpoch(state.History, network, learner, weights);
                ThrowIfWeightsDiffer(network, metrics.Epoch);
                state.Append(metrics);
                checkpoints?.Write(state);
                Report(state.History, _plan.BatchCount, metrics.TrainLoss, metrics);
            }
        }
        catch (OperationCanceledException) when (GivesModelWhenCancelled)
        {
            state.ReturnToBest();
        }

        var takesBest = _options.EarlyStopping is not null || HasCycles;
        if (takesBest)
        {
            state.ReturnToBest();
        }

        return (state.History, takesBest ? state.BestEpoch : null);
    }

    private bool GivesModelWhenCancelled =>
        _options.OnCancellation == MlpOnCancellation.ReturnBest && IsCancelled && _hasLearnt;

    private int ThreadCount => _options.ChooseThreadCount();

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
        Choices.IsOutOfFold ? HeldOutPredictions.OutOfFold(network, _data.Train, weights, _group, cancellationToken)
        : _data.Validation is not null ? HeldOutPredictions.Of(network, _data.Validation, _group, cancellationToken)
        : null;
}
