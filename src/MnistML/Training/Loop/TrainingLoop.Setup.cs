using MnistML.Common;
using MnistML.Network;
using MnistML.Training.Choices;
using MnistML.Training.Optimizers;
using MnistML.Training.Rows;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <content>What a training begins with, and what it ends with: the network, its learner, and the finished model.</content>
internal sealed partial class TrainingLoop
{
    /// <summary>Automatic differentiation is used only on devices whose memory the hand-written loops can't reach.</summary>
    private bool UsesOwnBackprop => _device.type == TorchSharp.DeviceType.CPU && !UsesAutograd;

    /// <summary>The largest product of sparse text is none of libtorch's.</summary>
    private MlpPrecision Precision => FeatureKind == FeatureKind.SparseText && _options.Precision == MlpPrecision.Auto
        ? MlpPrecision.Single
        : _options.PrecisionFor(_architecture, _device);

    private ILearner CreateLearner(MlpNetwork network, IOptimizer optimizer, RowWeights weights) =>
        UsesOwnBackprop
        ? new ParallelLearner(network, optimizer, weights, _options, RowCapacity, ThreadCount, _group, Timer)
        : new AutogradLearner(network, optimizer, weights, _options, RowCapacity, ThreadCount);

    private MlpNetwork CreateNetwork()
    {
        var network = new MlpNetwork(_architecture, new NetworkSettings
        {
            DropoutRate = Choices.DropoutRate,
            BatchNormalization = _options.BatchNormalization,
            Encoder = _encoder,
            HasFeatureFactors = Choices.HasFeatureFactors,
            HasSparseInputs = Choices.SparseFeatures && UsesOwnBackprop,
            Loss = _options.CreateLoss(_data.Statistics.TargetScale),
            Precision = Precision,
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
        if (_initialModel is null || NewClasses.Count > 0)
        {
            using var generator = new Generator(Seeds.ForWeights(_seed), CPU);
            _options.Initializer.Initialize(network, generator);
        }

        if (_initialModel is null)
        {
            return;
        }

        var rowCount = Math.Clamp(MaxCalibrationValues / network.InputCount, 1, MaxCalibrationRows);
        var first = _group.Together(token => _data.Train.ReadFirst(rowCount, token), _options.CancellationToken);
        network.TakeOver(_initialModel, BatchTensors.Features(first, _data.FeatureCount), NewClasses);
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
}
