using System.ComponentModel.DataAnnotations;
using MnistML.Training;

namespace MnistML;

/// <summary>What a network is and how it is trained, whatever its rows come from. The trainer's own options add the columns.</summary>
public abstract record MlpTrainingOptions
{
    private readonly ValueList<int> _hiddenLayers = [512, 256];

    private protected MlpTrainingOptions()
    {
    }

    /// <summary>
    /// Units of each hidden layer from the input on, each at least 1; 512 and 256 by default. An empty list makes a linear classifier.
    /// </summary>
    [AtLeast(1)]
    public IReadOnlyList<int> HiddenLayers
    {
        get => _hiddenLayers;
        init => _hiddenLayers = [.. value ?? throw new ArgumentNullException(nameof(HiddenLayers))];
    }

    /// <summary>The function after each hidden layer; <see cref="MlpActivation.Relu"/> by default.</summary>
    [EnumDataType(typeof(MlpActivation), ErrorMessage = "{0} must be one of those that MlpActivation names.")]
    public MlpActivation Activation { get; init; } = MlpActivation.Relu;

    /// <summary>How weights are set before training; <see cref="MlpInitializer.Default"/> by default.</summary>
    [OptionsWithin]
    public MlpInitializer Initializer { get; init; } = MlpInitializer.Default;

    /// <summary>How weights are updated; SGD with a learning rate of 0.1 and a momentum of 0.9 by default.</summary>
    [OptionsWithin]
    public MlpOptimizer Optimizer { get; init; } = MlpOptimizer.Sgd(learningRate: 0.1, momentum: 0.9);

    /// <summary>How the learning rate changes from update to update; <see cref="MlpSchedule.Constant"/> by default.</summary>
    [OptionsWithin]
    public MlpSchedule Schedule { get; init; } = MlpSchedule.Constant;

    /// <summary>Rows that make one update, at least 1; 256 by default. The last batch of an epoch holds what is left.</summary>
    [AtLeast(1)]
    public int BatchSize { get; init; } = 256;

    /// <summary>
    /// Passes over the training rows, at least 1. Null, the default, chooses as many as make about 1,000 updates, but no fewer than 5 and
    /// no more than 200: 5 for the 60,000 rows of MNIST, 200 for a table of 150 rows.
    /// </summary>
    [AtLeast(1)]
    public int? MaxEpochs { get; init; }

    /// <summary>
    /// Where the random numbers for weights and shuffling begin. Null, the default, takes it from the <c>MLContext</c>. The same seed, data
    /// and machine give the same model, bit for bit.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>Told of each epoch, and of batches within long epochs, on the thread that trains; null, the default, for nobody.</summary>
    public IProgress<MlpProgress>? Progress { get; init; }

    /// <summary>Stops the training within one batch, with an <see cref="OperationCanceledException"/>; none by default.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The number of epochs for a number of batches in each.</summary>
    internal int EpochsFor(int batchesPerEpoch) => MaxEpochs ?? EpochRule.EpochsFor(batchesPerEpoch);
}
