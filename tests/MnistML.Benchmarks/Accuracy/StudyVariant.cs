namespace MnistML.Benchmarks.Accuracy;

/// <summary>One choice that the study compares.</summary>
/// <param name="Name">What differs from the recipe.</param>
/// <param name="Options">All options.</param>
internal sealed record StudyVariant(string Name, MlpTrainer.Options Options)
{
    private const int Side = 28;

    /// <summary>The recipes as they are, for the test set.</summary>
    private static IReadOnlyList<StudyVariant> Recipes { get; } =
    [
        new("fast", MlpRecipes.Fast),
        new("accurate", MlpRecipes.Accurate(Side, Side)),
        new("without augmentation", MlpRecipes.Accurate(Side, Side) with
        {
            Members = 1,
            MaxEpochs = 80,
            Augmentation = null,
            FeatureScaling = MlpFeatureScaling.None,
            InputNoise = 0.4,
            LabelSmoothing = 0,
        }),
    ];

    /// <summary>One network of the accurate recipe, in half the time of two.</summary>
    private static MlpTrainer.Options OneAccurate => Recipes[1].Options with { Members = 1 };

    /// <summary>Stages by name. The others of a stage are compared with its first variant.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<StudyVariant>> Stages { get; } =
        new Dictionary<string, IReadOnlyList<StudyVariant>>
        {
            ["ingredients"] = Ingredients(OneAccurate),
            ["distortions"] = Distortions(OneAccurate),
            ["sizes"] = Sizes(OneAccurate),
            ["minutes"] = Minutes(OneAccurate),
            ["bends"] = Bends(OneAccurate),
            ["members"] = Members(OneAccurate),
            ["plain"] = Plain(Recipes[2].Options),
        };

    /// <summary>
    /// The variants of a stage whose names contain one of some texts, after the stage's first variant. Where no stage is named, the recipes
    /// whose names contain one of the texts.
    /// </summary>
    public static IEnumerable<StudyVariant> Named(string? stage, string[] texts)
    {
        var isNamed = (StudyVariant variant) => texts.Any(text => variant.Name.Contains(text, StringComparison.OrdinalIgnoreCase));
        return stage is null ? Recipes.Where(isNamed) : [Stages[stage][0], .. Stages[stage].Skip(1).Where(isNamed)];
    }

    private static StudyVariant[] Ingredients(MlpTrainer.Options recipe) =>
    [
        new("the recipe", recipe),
        new("without augmentation", recipe with { Augmentation = null }),
        new("without elastic", recipe with { Augmentation = recipe.Augmentation! with { ElasticDisplacement = 0 } }),
        new("without batch normalisation", recipe with { BatchNormalization = false }),
        new("features as they are", recipe with { FeatureScaling = MlpFeatureScaling.None }),
        new("without one cycle", recipe with { Schedule = MlpSchedule.Constant }),
        new("dropout 0.2", recipe with { DropoutRate = 0.2 }),
        new("without label smoothing", recipe with { LabelSmoothing = 0 }),
        new("GELU", recipe with { Activation = MlpActivation.Gelu }),
        new("learning rate 0.006", recipe with { Optimizer = MlpOptimizer.AdamW(0.006) }),
        new("weight decay 0.1", recipe with { Optimizer = MlpOptimizer.AdamW(0.003, weightDecay: 0.1) }),
    ];

    private static StudyVariant[] Distortions(MlpTrainer.Options recipe)
    {
        var bounds = recipe.Augmentation!;
        var weaker = bounds with { Shift = 0.05, RotationDegrees = 8, Scale = 0.08, ShearDegrees = 6 };
        var stronger = bounds with { Shift = 0.07, RotationDegrees = 12, Scale = 0.12, ShearDegrees = 10 };
        return
        [
            new("the recipe", recipe),
            new("weaker affine", recipe with { Augmentation = weaker }),
            new("stronger affine", recipe with { Augmentation = stronger }),
            new("stronger affine, elastic 0.04", recipe with { Augmentation = stronger with { ElasticDisplacement = 0.04 } }),
            new("stronger affine, elastic 0.06", recipe with { Augmentation = stronger with { ElasticDisplacement = 0.06 } }),
        ];
    }

    private static StudyVariant[] Sizes(MlpTrainer.Options recipe) =>
    [
        new("the recipe", recipe),
        new("512, 512", recipe with { HiddenLayers = [512, 512] }),
        new("1536, 1536", recipe with { HiddenLayers = [1536, 1536] }),
        new("2048, 2048", recipe with { HiddenLayers = [2048, 2048] }),
        new("1024, 1024, 1024", recipe with { HiddenLayers = [1024, 1024, 1024] }),
        new("batches of 512", recipe with { BatchSize = 512 }),
    ];

    /// <summary>What else some minutes allow.</summary>
    private static StudyVariant[] Minutes(MlpTrainer.Options recipe)
    {
        var bounds = recipe.Augmentation!;
        var stronger = bounds with { Shift = 0.07, RotationDegrees = 12, Scale = 0.12, ShearDegrees = 10 };
        return
        [
            new("the recipe", recipe),
            new("1536, 1536", recipe with { HiddenLayers = [1536, 1536] }),
            new("2048, 1024", recipe with { HiddenLayers = [2048, 1024] }),
            new("1024, 1024, 1024", recipe with { HiddenLayers = [1024, 1024, 1024] }),
            new("1024, 512, 256", recipe with { HiddenLayers = [1024, 512, 256] }),
            new("stronger affine", recipe with { Augmentation = stronger }),
            new("elastic 0.03", recipe with { Augmentation = bounds with { ElasticDisplacement = 0.03 } }),
            new("1536, 1536, all stronger", recipe with
            {
                HiddenLayers = [1536, 1536],
                Augmentation = stronger with { ElasticDisplacement = 0.03 },
            }),
            new("batches of 512, rate 0.004", recipe with { BatchSize = 512, Optimizer = MlpOptimizer.AdamW(0.004) }),
        ];
    }

    /// <summary>How far and how smoothly images are bent, and how far they are moved.</summary>
    private static StudyVariant[] Bends(MlpTrainer.Options recipe)
    {
        var bounds = recipe.Augmentation!;
        var bent = bounds with { ElasticDisplacement = 0.03 };
        var smooth = bounds with { ElasticDisplacement = 0.04, ElasticSmoothness = 0.2 };
        return
        [
            new("the recipe", recipe),
            new("elastic 0.03", recipe with { Augmentation = bent }),
            new("elastic 0.04", recipe with { Augmentation = bounds with { ElasticDisplacement = 0.04 } }),
            new("elastic 0.04, smooth 0.2", recipe with { Augmentation = smooth }),
            new("elastic 0.03, smooth 0.1", recipe with { Augmentation = bent with { ElasticSmoothness = 0.1 } }),
            new("elastic 0.03, shift 0.03", recipe with { Augmentation = bent with { Shift = 0.03 } }),
            new("elastic 0.03, rotation 15°", recipe with { Augmentation = bent with { RotationDegrees = 15 } }),
            new("elastic 0.03, scale 0.15", recipe with { Augmentation = bent with { Scale = 0.15 } }),
        ];
    }

    /// <summary>How many networks share a time, the wider the fewer.</summary>
    private static StudyVariant[] Members(MlpTrainer.Options recipe) =>
    [
        new("one of 1024, 1024", recipe),
        new("two of 1024, 1024", recipe with { Members = 2 }),
        new("four of 640, 640", recipe with { Members = 4, HiddenLayers = [640, 640] }),
        new("six of 512, 512", recipe with { Members = 6, HiddenLayers = [512, 512] }),
    ];

    private static StudyVariant[] Plain(MlpTrainer.Options recipe) =>
    [
        new("the recipe", recipe),
        new("without noise", recipe with { InputNoise = 0 }),
        new("dropout 0.5, no noise", recipe with { InputNoise = 0, DropoutRate = 0.5 }),
        new("label smoothing 0.1", recipe with { LabelSmoothing = 0.1 }),
        new("weight decay 0.1", recipe with { Optimizer = MlpOptimizer.AdamW(0.003, weightDecay: 0.1) }),
        new("dropout 0.2", recipe with { DropoutRate = 0.2 }),
        new("noise 0.2", recipe with { InputNoise = 0.2 }),
        new("GELU", recipe with { Activation = MlpActivation.Gelu }),
        new("without batch normalisation", recipe with { BatchNormalization = false }),
        new("without one cycle", recipe with { Schedule = MlpSchedule.Constant }),
        new("standardised", recipe with { FeatureScaling = MlpFeatureScaling.BoundedStandardize }),
        new("noise 0.6", recipe with { InputNoise = 0.6 }),
        new("512, 512", recipe with { HiddenLayers = [512, 512] }),
        new("1536, 1536", recipe with { HiddenLayers = [1536, 1536] }),
    ];
}
