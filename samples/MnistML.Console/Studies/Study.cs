namespace MnistML.Samples.Studies;

/// <summary>What is compared: networks, and for each of them the same training under several choices.</summary>
/// <param name="Name">The study's name on the command line.</param>
/// <param name="ChoiceName">What is chosen, in the table's head.</param>
/// <param name="Networks">The networks.</param>
/// <param name="ShowsSignal">Whether the choice decides how the network is before training, so that this is worth a look.</param>
internal sealed record Study(string Name, string ChoiceName, IReadOnlyList<StudiedNetwork> Networks, bool ShowsSignal)
{
    public const int BatchSize = 32;

    private static readonly MlpInitializer[] Initializers =
    [
        MlpInitializer.Default, MlpInitializer.Normal(0.01), MlpInitializer.XavierUniform, MlpInitializer.XavierNormal,
        MlpInitializer.KaimingUniform, MlpInitializer.KaimingNormal,
    ];

    /// <summary>By names that fit a table: those of optimisers tell all their settings.</summary>
    private static readonly (string Name, MlpOptimizer Optimizer)[] Optimizers =
    [
        ("SGD(0.1)", MlpOptimizer.Sgd(0.1)),
        ("SGD(0.01, momentum 0.9)", MlpOptimizer.Sgd(0.01, momentum: 0.9)),
        ("SGD(0.01, Nesterov 0.9)", MlpOptimizer.Sgd(0.01, momentum: 0.9, nesterov: true)),
        ("Adam(0.001)", MlpOptimizer.Adam(0.001)),
        ("AdamW(0.001, decay 0.01)", MlpOptimizer.AdamW(0.001, weightDecay: 0.01)),
    ];

    /// <summary>
    /// The classic recipe in smaller steps of fewer images, so that a part of the training set gives as many updates as
    /// the whole set gives otherwise.
    /// </summary>
    private static readonly MlpTrainer.Options Base = MlpRecipes.Classic with { BatchSize = BatchSize, Optimizer = MlpOptimizer.Sgd(0.1) };

    /// <summary>
    /// The classic recipe under each initialiser, as it is, with more layers, and with an activation that saturates. The default is
    /// used where no initialiser is set; N(0, 0.01²) is the recipe's own.
    /// </summary>
    public static Study OfInitializers { get; } = new(
        "init",
        "Initializer",
        [
            UnderInitializers(Base),
            UnderInitializers(Base with { HiddenLayers = [128, 128, 128, 128, 128, 128] }),
            UnderInitializers(Base with { HiddenLayers = [128, 128, 128], Activation = MlpActivation.Sigmoid }),
        ],
        ShowsSignal: true);

    /// <summary>The classic recipe's network under each optimiser, each with a usual learning rate.</summary>
    public static Study OfOptimizers { get; } = new(
        "optimizers",
        "Optimizer",
        [
            UnderOptimizers(Base),
        ],
        ShowsSignal: false);

    private static StudiedNetwork UnderInitializers(MlpTrainer.Options options) => new(
        options,
        [.. Initializers.Select(initializer => new StudyChoice($"{initializer}", options with { Initializer = initializer }))]);

    private static StudiedNetwork UnderOptimizers(MlpTrainer.Options options) => new(
        options,
        [.. Optimizers.Select(choice => new StudyChoice(choice.Name, options with { Optimizer = choice.Optimizer }))]);
}

/// <summary>A network under several choices.</summary>
/// <param name="Options">What all trainings of it have in common.</param>
/// <param name="Choices">The choices.</param>
internal sealed record StudiedNetwork(MlpTrainer.Options Options, IReadOnlyList<StudyChoice> Choices)
{
    /// <summary>The network in words.</summary>
    public string Describe(MlpArchitecture architecture) => $"{architecture}, {Options.Activation}";
}

/// <summary>A choice, and the training that it makes.</summary>
internal sealed record StudyChoice(string Name, MlpTrainer.Options Options);
