using System.ComponentModel.DataAnnotations;
using MnistML.Common;

namespace MnistML;

/// <summary>
/// The columns, the network and how it is trained: the options that the trainers of all tasks share. Each trainer's own options add those
/// of its task.
/// </summary>
public abstract partial record MlpTrainingOptions : IValidatableObject
{
    private const string NotNamed = "{0} must be one of those that its type names.";
    private const long Mebibyte = 1 << 20;
    private const int MaxMembers = 64;

    private readonly ValueList<int>? _hiddenLayers;

    private protected MlpTrainingOptions()
    {
    }

    /// <summary>
    /// Units of each hidden layer from the input on, each at least 1. An empty list makes a linear model. Null, the default, chooses by
    /// what the features are like: 128 and 128 in each of the <see cref="Members"/> for tables, 512 and 256 for images; for sparse text a
    /// first layer of at most eight million weights, from 32 to 512 units, and one of half its width. For more than 500 classes the last
    /// number is halved, down to 16, until the last layer of all members has at most 2,097,152 weights. With an initial model it is its
    /// own.
    /// </summary>
    [AtLeast(1)]
    public IReadOnlyList<int>? HiddenLayers
    {
        get => _hiddenLayers;
        init => _hiddenLayers = value is null ? null : [.. value];
    }

    /// <summary>
    /// Networks that are trained together on the same batches and whose predictions are averaged, from 1 to 64: probabilities in
    /// classification, numbers in regression (deep ensembles of Lakshminarayanan, Pritzel and Blundell, 2017). Each draws weights and
    /// dropout of its own. An average of several small networks is more accurate than one large network, and much surer of what it says.
    /// Null, the default, chooses 8 for tables of up to 500 classes where <see cref="HiddenLayers"/> is null too, or where
    /// <see cref="OutOfFold"/> is true, and else 1; with an initial model, its own number.
    /// </summary>
    [AtLeast(1), AtMost(MaxMembers)]
    public int? Members { get; init; }

    /// <summary>
    /// Whether each of the <see cref="Members"/> leaves out one fold of the training rows, stratified by class, and learns from the others
    /// with a factor that evens it out. Then every row has a prediction by a network that never saw it, whose loss is reported
    /// (<see cref="MlpEpochMetrics.OutOfFoldLoss"/>), ends the cycles of <see cref="MlpSchedule.DoublingCycles"/> and calibrates the
    /// temperature; no rows need to be set aside. It needs at least 2 members, and as many rows. Null, the default, is true where the
    /// schedule has cycles, there are several members and no initial model, whose members may know all rows.
    /// </summary>
    public bool? OutOfFold { get; init; }

    /// <summary>The function after each hidden layer; <see cref="MlpActivation.Relu"/> by default.</summary>
    [EnumDataType(typeof(MlpActivation), ErrorMessage = "{0} must be one of those that MlpActivation names.")]
    public MlpActivation Activation { get; init; } = MlpActivation.Relu;

    /// <summary>
    /// The dropout rate: the fraction of each hidden layer's outputs, drawn anew for each batch, that are set to 0 in training, from 0 up
    /// to, not including, 1. The others are divided by <c>1 - rate</c>, so that the finished network needs no change (Srivastava, Hinton,
    /// Krizhevsky, Sutskever and Salakhutdinov, 2014). Null, the default, is chosen together with <see cref="MaxEpochs"/>: where that is
    /// null too, 0.3 for up to 20,000 training rows, or for any number where the schedule has cycles, 0.1 in regression, since they are
    /// repeated so often that a network would overfit them, and 0 otherwise; where it is set, 0.
    /// </summary>
    [AtLeast(0), Below(1)]
    public double? DropoutRate { get; init; }

    /// <summary>
    /// The standard deviation of Gaussian noise that is added to each input of the first layer in training, drawn anew for each batch,
    /// against overfitting (Sietsma and Dow, 1991; Bishop, 1995); at least 0, the default, which is none. Its unit is a standard deviation
    /// of the feature, or, with <see cref="MlpFeatureScaling.None"/>, the feature's own; for a bin it is the bin's length. It helps much
    /// where similar rows have one class, as with images; it harms where small differences decide.
    /// </summary>
    [AtLeast(0)]
    public double InputNoise { get; init; }

    /// <summary>
    /// Whether the values of each hidden layer are normalised over the batch before the activation, with ε = 10⁻⁵ and running averages
    /// that take a tenth from each batch, as PyTorch's <c>BatchNorm1d</c> (Ioffe and Szegedy, 2015); true by default. The averages are
    /// folded into the model's layers. A last batch of a single row, which has no variance, joins the batch before it.
    /// </summary>
    public virtual bool BatchNormalization { get; init; } = true;

    /// <summary>
    /// Which rows <see cref="BatchNormalization"/> is over where a <see cref="Group"/> of processes shares each batch;
    /// <see cref="MlpBatchStatistics.Synchronized"/> by default, which is all of them.
    /// </summary>
    [EnumDataType(typeof(MlpBatchStatistics), ErrorMessage = NotNamed)]
    public MlpBatchStatistics BatchStatistics { get; init; }

    /// <summary>How weights are set before training; <see cref="MlpInitializer.Default"/> by default.</summary>
    [OptionsWithin]
    public MlpInitializer Initializer { get; init; } = MlpInitializer.Default;

    /// <summary>
    /// How features are scaled before they enter the network; <see cref="MlpFeatureScaling.Auto"/> by default.
    /// </summary>
    [EnumDataType(typeof(MlpFeatureScaling), ErrorMessage = NotNamed)]
    public MlpFeatureScaling FeatureScaling { get; init; } = MlpFeatureScaling.Auto;

    /// <summary>
    /// Which columns features become beside their scaled values; <see cref="MlpFeatureEncoding.Auto"/> by default.
    /// </summary>
    [OptionsWithin]
    public MlpFeatureEncoding FeatureEncoding { get; init; } = MlpFeatureEncoding.Auto;

    /// <summary>
    /// Whether each feature has a factor, on its scaled value and on all its bins, that is learned with the weights: it starts at 1 and
    /// learns six times as fast as a weight by Adam, and weight decay pulls it towards 1 (Holzmüller, Grinsztajn and Steinwart, 2024). So
    /// features that say nothing soon count little. It folds into the first layer. Null, the default, is true where the features have bins.
    /// </summary>
    public bool? LearnedFeatureFactors { get; init; }

    /// <summary>
    /// Whether the first layer computes only with the features that are not zero, which is much faster where nearly all are: then no batch,
    /// and no gradient, holds the others. Null, the default, is true for sparse text (at least 1,000 features, of which at least 95 % are
    /// zero), unless another option makes zeros something else: <see cref="InputNoise"/>, <see cref="FeatureEncoding"/>,
    /// <see cref="LearnedFeatureFactors"/>, or a <see cref="FeatureScaling"/> other than <see cref="MlpFeatureScaling.MaxAbsAboveOne"/> and
    /// <see cref="MlpFeatureScaling.None"/>. True refuses these. The losses are those of a dense training up to rounding. On CUDA training
    /// is dense whatever this says.
    /// </summary>
    public bool? SparseFeatures { get; init; }

    /// <summary>How weights are updated; AdamW with a learning rate of 0.003 and a weight decay of 0.01 by default.</summary>
    [OptionsWithin]
    public MlpOptimizer Optimizer { get; init; } = MlpOptimizer.AdamW(learningRate: 0.003);

    /// <summary>
    /// How the learning rate changes from update to update. Null, the default, chooses <see cref="MlpSchedule.DoublingCycles"/> for tables
    /// where <see cref="MaxEpochs"/> and <see cref="EarlyStopping"/> are null too, there are several members and no initial model, and else
    /// <see cref="MlpSchedule.OneCycle"/>.
    /// </summary>
    [OptionsWithin(IsOptional = true)]
    public MlpSchedule? Schedule { get; init; }

    /// <summary>
    /// Rows that make one update, at least 1. The last batch of an epoch holds what is left. Null, the default, chooses 64 for tables of
    /// fewer than 1,000 training rows, 128 for those of fewer than 4,000, and else 256; for sparse text 32 for fewer than 4,000, 64 for
    /// fewer than 20,000, and else 128. Above 131,072 classes it halves that, down to 32, until a batch has at most 33,554,432 logits.
    /// </summary>
    [AtLeast(1)]
    public int? BatchSize { get; init; }

    /// <summary>
    /// Passes over the training rows, at least 1. Null, the default, leaves it to the schedule where that has cycles; else it chooses as
    /// many as give about 800 updates, but no fewer than 3 and no more than 30: 3 for the 60,000 rows of MNIST, 17 for 12,000 rows in
    /// batches of 256, 30 for 150 rows. As an upper limit of cycles it ends the training in the cycle where it falls, whose epochs are
    /// lost.
    /// A warning in the log says where the training loss was still falling clearly at the end: by more than 5 % in the last epoch, while
    /// above a tenth of <c>ln(classes)</c>, the loss of a guess; in regression while the mean squared error is above a tenth of the labels'
    /// variance.
    /// </summary>
    [AtLeast(1)]
    public int? MaxEpochs { get; init; }

    /// <summary>
    /// The fraction of the training rows that are set aside for validation, from 0, the default, up to, not including, 1: <c>fraction ·
    /// rows</c> of them, rounded, drawn by the seed, and stratified by class where labels are classes. It can't be combined with validation
    /// data.
    /// </summary>
    [AtLeast(0), Below(1)]
    public double ValidationFraction { get; init; }

    /// <summary>
    /// Ends the training when the validation loss no longer falls, and keeps the best weights; null, the default, is off. It needs
    /// validation data.
    /// </summary>
    [OptionsWithin(IsOptional = true)]
    public MlpEarlyStopping? EarlyStopping { get; init; }

    /// <summary>
    /// Distorts images anew in each epoch, so that the network learns to ignore such changes; null, the default, is off. The features must
    /// be an image of the height, width and channels that it names.
    /// </summary>
    [OptionsWithin(IsOptional = true)]
    public MlpAugmentation? Augmentation { get; init; }

    /// <summary>
    /// The maximum norm of the gradient with respect to all parameters together, above 0: a longer one is multiplied by <c>norm / (length +
    /// 10⁻⁶)</c>, as by PyTorch's <c>clip_grad_norm_</c> (Pascanu, Mikolov and Bengio, 2013). Null, the default, is off.
    /// </summary>
    [Above(0)]
    public double? GradientClipNorm { get; init; }
}
