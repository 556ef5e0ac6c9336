namespace MnistML;

/// <summary>Sets of options that were measured together. Use them as they are, or change them by <c>with</c>.</summary>
public static class MlpRecipes
{
    /// <summary>
    /// The classic recipe of a first lesson in deep learning: hidden layers of 512 and 256 rectified linear units, weights from N(0,
    /// 0.01²), plain SGD with a learning rate of 0.2, batches of 256, 20 epochs. It reaches about 98 % on MNIST's test set.
    /// </summary>
    public static MlpTrainer.Options Classic { get; } = new()
    {
        HiddenLayers = [512, 256],
        Activation = MlpActivation.Relu,
        DropoutRate = 0,
        BatchNormalization = false,
        Initializer = MlpInitializer.Normal(0.01),
        Members = 1,
        FeatureScaling = MlpFeatureScaling.None,
        FeatureEncoding = MlpFeatureEncoding.None,
        LearnedFeatureFactors = false,
        OutOfFold = false,
        CalibrateTemperature = false,
        Optimizer = MlpOptimizer.Sgd(learningRate: 0.2),
        Schedule = MlpSchedule.Constant,
        BatchSize = 256,
        MaxEpochs = 20,
        Precision = MlpPrecision.Single,
    };

    /// <summary>
    /// The default options, which choose by what the training rows are like, and write what they chose to the log: <see cref="Tabular"/>
    /// for tables of up to 500 classes, and a single network within seconds for images and for sparse text: hidden layers of 512 and 256
    /// rectified linear units with batch normalisation, standardised features, AdamW with one cycle of the learning rate, batches of 256,
    /// dropout for few rows. A table of more classes gets such a network on the tabular recipe's features, with fewer units in its second
    /// layer the more classes there are.
    /// </summary>
    /// <remarks>
    /// Images have at least 64 features, at most 256 different values but more than two, and neighbouring features that are alike (a mean
    /// correlation above 0.15). Sparse text has at least 1,000 features, of which at least 95 % are zero. All else is a table. What you set
    /// is taken as it is: with <see cref="MlpTrainingOptions.HiddenLayers"/> there is one network unless
    /// <see cref="MlpTrainingOptions.Members"/> is set too, and with <see cref="MlpTrainingOptions.MaxEpochs"/>,
    /// <see cref="MlpTrainingOptions.Schedule"/> or <see cref="MlpTrainingOptions.EarlyStopping"/> the training does not choose its length
    /// by cycles.
    /// </remarks>
    public static MlpTrainer.Options Fast { get; } = new();

    /// <summary>
    /// A network for tables as accurate as boosted trees without tuning, and surer of what it says: 8 networks of 128 and 128 units that
    /// each leave out an eighth of the rows, features as normal scores and piecewise-linear bins with learned factors, dropout of 0.3,
    /// cycles of 4, 8, 16, 32 and 64 epochs until the loss of rows that were left out no longer falls, and a calibrated temperature.
    /// </summary>
    public static MlpTrainer.Options Tabular { get; } = new()
    {
        HiddenLayers = [128, 128],
        Members = 8,
        OutOfFold = true,
        FeatureScaling = MlpFeatureScaling.Quantile,
        FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(),
        LearnedFeatureFactors = true,
        DropoutRate = 0.3,
        Schedule = MlpSchedule.DoublingCycles(),
        CalibrateTemperature = true,
    };

    /// <summary>What <see cref="Fast"/> chooses for images, whatever the features are like.</summary>
    internal static MlpTrainer.Options Images { get; } = new()
    {
        HiddenLayers = [512, 256],
        Members = 1,
        FeatureScaling = MlpFeatureScaling.BoundedStandardize,
        FeatureEncoding = MlpFeatureEncoding.None,
        LearnedFeatureFactors = false,
        Schedule = MlpSchedule.OneCycle(),
        BatchSize = 256,
    };

    /// <summary>
    /// Two networks for small images, together as accurate as a training of some minutes allows: two hidden layers of 1,024 units with
    /// batch normalisation in each, AdamW with one cycle of the learning rate, label smoothing of 0.1, 70 epochs, and images that are
    /// distorted anew in each (<see cref="MlpAugmentation"/> with its defaults).
    /// </summary>
    /// <remarks>
    /// The features are grey images, row by row. For colour, or another order of the channels, change the augmentation:
    /// <c>Accurate(32, 32) with { Augmentation = new MlpAugmentation(32, 32, channels: 3) }</c>.
    /// Label smoothing raises accuracy, but makes probabilities less confident, about 0.91 for a clear image of ten classes: set it to 0 if
    /// you use them as probabilities. With <c>Members = 1</c> there is one network: half the time, half the size, nearly as accurate.
    /// </remarks>
    /// <param name="height">Rows of pixels, at least 1.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    public static MlpTrainer.Options Accurate(int height, int width) => new()
    {
        HiddenLayers = [1024, 1024],
        Members = 2,
        FeatureScaling = MlpFeatureScaling.BoundedStandardize,
        FeatureEncoding = MlpFeatureEncoding.None,
        LearnedFeatureFactors = false,
        OutOfFold = false,
        CalibrateTemperature = false,
        Schedule = MlpSchedule.OneCycle(),
        BatchSize = 256,
        MaxEpochs = 70,
        LabelSmoothing = 0.1,
        Augmentation = new MlpAugmentation(height, width),
    };
}
