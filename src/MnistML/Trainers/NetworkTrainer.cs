using Microsoft.ML;
using Microsoft.ML.Runtime;
using MnistML.Common;
using MnistML.Model;
using MnistML.Native;
using MnistML.Scoring;
using MnistML.Trainers.Columns;
using MnistML.Training.Checkpoints;
using MnistML.Training.Choices;
using MnistML.Training.Group;
using MnistML.Training.Loop;
using MnistML.Training.Options;
using MnistML.Training.Rows;

namespace MnistML.Trainers;

/// <summary>Trains a network on the columns of a view, for any task: what the trainers have in common.</summary>
internal sealed partial class NetworkTrainer
{
    private readonly MLContext _mlContext;
    private readonly IHost _host;
    private readonly MlpTrainingOptions _options;
    private readonly int _seed;

    /// <param name="mlContext">The context, whose seed is used unless the options have one, and whose log is written to.</param>
    /// <param name="options">The columns, the network and its training.</param>
    /// <param name="name">The name of the trainer in the log.</param>
    /// <exception cref="ArgumentException">Options are not valid; the message names all that are not.</exception>
    public NetworkTrainer(MLContext mlContext, MlpTrainingOptions options, string name)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        ArgumentNullException.ThrowIfNull(options);
        OptionsValidator.ThrowIfInvalid(options, nameof(options));

        _mlContext = mlContext;
        _host = ((IHostEnvironment)mlContext).Register(name);
        _options = options;
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>The machine's memory in bytes, or what this process may use of it; 0 if it is not known.</summary>
    public long AvailableBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>
    /// What a trainer tells ML.NET's tools: whether features should be normalised before it. They need not be where it scales them itself.
    /// <see cref="TrainerInfo"/> can only be had from a stock trainer; naive Bayes is the one that asks neither for normalised features nor
    /// for a cache.
    /// </summary>
    /// <param name="stock">That of ML.NET's own trainer for the task.</param>
    public TrainerInfo InfoBeside(TrainerInfo stock) => _options.FeatureScaling == MlpFeatureScaling.None
        ? stock
        : _mlContext.MulticlassClassification.Trainers.NaiveBayes().Info;

    /// <inheritdoc cref="MlpTrainer.Fit(IDataView, IDataView?, MlpModelParameters?)"/>
    public MlpTransformer Fit(IDataView trainData, IDataView? validationData, MlpModelParameters? initialModel) =>
        Fit(trainData, validationData, (_, _) => initialModel is null ? null : new InitialModel(initialModel));

    /// <inheritdoc cref="MlpTrainer.Fit(IDataView, IDataView?, MlpTransformer)"/>
    public MlpTransformer Fit(IDataView trainData, IDataView? validationData, MlpTransformer initial) => Fit(
        trainData,
        validationData,
        (columns, channel) =>
        {
            ArgumentNullException.ThrowIfNull(initial);
            return new ModelMatching(initial, columns, channel).Match(_options.KeepsMissingClasses);
        });

    private MlpTransformer Fit(IDataView trainData, IDataView? validationData, Func<InputColumns, IChannel, InitialModel?> match)
    {
        var group = TrainingGroup.Of(_options.Group);
        using var cancellation = new ContextCancellation(_mlContext, _options.CancellationToken);
        try
        {
            ArgumentNullException.ThrowIfNull(trainData);
            ThrowIfValidationUnclear(validationData);
            return Train(trainData, validationData, match, group, cancellation.Token);
        }
        catch (Exception exception) when (!group.IsAlone && !ReferenceEquals(exception, group.Agreed))
        {
            // The others would wait for this process for ever.
            group.Abort(exception);
            throw;
        }
        catch (OperationCanceledException exception) when (_options.CancellationToken.IsCancellationRequested)
        {
            var cancelled = new OperationCanceledException(exception.Message, exception, _options.CancellationToken);
            throw group.IsAlone ? cancelled : group.Agree(cancelled);
        }
    }

    private MlpTransformer Train(
        IDataView trainData,
        IDataView? validationData,
        Func<InputColumns, IChannel, InitialModel?> match,
        TrainingGroup group,
        CancellationToken cancellationToken)
    {
        using var channel = _host.Start("Training");
        var options = _options with { CancellationToken = cancellationToken, Progress = new LoggedProgress(channel, _options.Progress) };
        var columns = InputColumns.Bind(trainData.Schema, _options, _host);
        ThrowIfNotImages(columns, trainData);
        var validationColumns = validationData is null ? null : BindValidation(validationData, columns);
        var initialModel = match(columns, channel);
        columns = columns with { ModelLabel = initialModel?.Label ?? columns.Label };
        var validation = validationData is null
            ? null
            : ToRows(validationData, validationColumns! with { ModelLabel = columns.ModelLabel }, "validation data", channel);
        ThrowIfOtherShape(initialModel?.Parameters, columns);
        LibTorch.EnsureLoaded();
        OnnxRuntimeLibrary.EnsureLoaded(); // what scores later is to fail now, not after the training
        var device = TrainingDevice.Find(_options.Device); // before the rows are read
        if (device.type == TorchSharp.DeviceType.CPU)
        {
            TrainingCost.AtLeast(_options, columns.FeatureCount, columns.ClassCount, initialModel?.Parameters)
                .ThrowIfTooMuch(AvailableBytes, columns.Label.Name);
        }

        var checkpoint = ReadCheckpoint(group);
        var drawnSeed = group.Broadcast(_seed);
        var seed = _options.Seed ?? checkpoint?.Seed ?? drawnSeed;
        var data = group.Together(
            token => TrainingData.Read(
                ToRows(trainData, columns, "training data", channel), validation, options with { CancellationToken = token }, seed),
            cancellationToken);
        var warnings = new TrainingWarnings(channel);
        warnings.Check(data.Statistics, columns);
        if (initialModel is null)
        {
            warnings.CheckClasses(data.Statistics, columns);
        }

        var loop = new TrainingLoop(data, options, seed, initialModel?.Parameters, checkpoint, group)
        {
            NewClasses = initialModel?.NewClasses ?? [],
        };
        var chosen = loop.Choices.ApplyTo(_options) with { Seed = seed };
        channel.Info(
            MessageSensitivity.Schema, $"The features are taken for {loop.FeatureKind}. Options: {OptionsDescription.OneLine(chosen)}");
        SayCost(loop, columns, channel);
        var result = loop.Run();
        if (result.Temperature != 1)
        {
            var temperature = FormattableString.Invariant($"{result.Temperature:F4}");
            channel.Info(MessageSensitivity.None, $"The logits are divided by a temperature of {temperature}.");
        }

        warnings.Check(result.History, chosen, data.Statistics);
        var metadata = new MlpMetadata
        {
            Options = OptionsDescription.Of(chosen),
            History = result.History,
            TrainingRows = data.Train.RowCount,
            ValidationRows = data.Validation?.RowCount,
            Libraries = TrainingLibraries.Versions,
        };
        return new MlpTransformer(
            _host, result.Model, metadata, columns.Features, columns.ModelLabel, loop.Choices.SparseFeatures);
    }

    /// <summary>The first process of a group reads the file for all.</summary>
    private TrainingCheckpoint? ReadCheckpoint(TrainingGroup group)
    {
        var path = _options.CheckpointPath;
        if (group.IsAlone)
        {
            return path is null ? null : TrainingCheckpoint.TryRead(path);
        }

        var bytes = group.Broadcast(group.IsFirst && File.Exists(path) ? File.ReadAllBytes(path) : null);
        return bytes is null ? null : TrainingCheckpoint.Parse(bytes, path ?? "of rank 0");
    }

    /// <summary>Writes to the log what the training takes, if that is much, and refuses what is too much.</summary>
    private void SayCost(TrainingLoop loop, InputColumns columns, IChannel channel)
    {
        if (loop.Cost is not { } cost)
        {
            return;
        }

        cost.ThrowIfTooMuch(AvailableBytes, columns.Label.Name);
        if (cost.IsWorthSaying)
        {
            channel.Info(MessageSensitivity.Schema, $"Training the network {cost.Architecture} takes about {cost.Describe()}.");
        }
    }

    private DataViewRows ToRows(IDataView view, InputColumns columns, string name, IChannel channel) =>
        new(view, columns, _options.InvalidFeatures, name, channel);
}
