using System.ComponentModel.DataAnnotations;
using MnistML.Common;
using MnistML.Native;

namespace MnistML;

/// <content>Where a training runs, alone or in a group, what it reports, and how it is cancelled, resumed and kept within memory.</content>
public abstract partial record MlpTrainingOptions
{
    /// <summary>
    /// The number format of matrix products; <see cref="MlpPrecision.Auto"/> by default. <see cref="MlpPrecision.BFloat16"/>
    /// works on every processor, but is slow where the processor has no fast instructions for it.
    /// </summary>
    [EnumDataType(typeof(MlpPrecision), ErrorMessage = NotNamed)]
    public MlpPrecision Precision { get; init; } = MlpPrecision.Auto;

    /// <summary>
    /// The device that trains: <c>"cpu"</c>, the default, <c>"cuda"</c>, <c>"cuda:1"</c>, or <c>"auto"</c>, which uses CUDA where it is
    /// available. CUDA needs the application to reference a TorchSharp-cuda package.
    /// </summary>
    [Required(ErrorMessage = "{0} is missing.")]
    [RegularExpression(TrainingDevice.Pattern, ErrorMessage = "{0} must be \"cpu\", \"cuda\", \"cuda:N\" or \"auto\".")]
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// The seed of the random numbers for weights, shuffling, augmentation, noise, dropout and the validation split. Null, the default,
    /// takes it from the <c>MLContext</c>. The same seed, data, thread count and machine give the same model, bit for bit.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>
    /// The maximum number of threads that compute, at least 1. Null, the default, takes one for each physical core that the process may use
    /// on Linux, and one for each logical processor elsewhere. A small network uses fewer. The caller's number of libtorch threads is
    /// restored at the end. Another number of threads may round differently.
    /// </summary>
    [AtLeast(1)]
    public int? ThreadCount { get; init; }

    /// <summary>
    /// The processes that train this network together, each of which calls <c>Fit</c> with the same data and options, and gets the same
    /// model; null, the default, for this one alone. <see cref="BatchSize"/> is of all together. Each process holds its share of the rows,
    /// which must fit into <see cref="MaxCacheBytes"/>, and reads the data once more than it would alone. Rank 0 alone reports progress and
    /// writes checkpoints. It trains on the processor. An exception in one process ends all, unless all throw the same one.
    /// </summary>
    public IMlpGroup? Group { get; init; }

    /// <summary>
    /// Receives a report after each epoch, and reports within long epochs, on the thread that trains; null, the default, for none.
    /// </summary>
    public IProgress<MlpProgress>? Progress { get; init; }

    /// <summary>
    /// Stops the training within one batch; none by default. <c>MLContext.CancelExecution</c>, by which AutoML stops its trials, does the
    /// same within a quarter of a second.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>What <c>Fit</c> does when it is cancelled; <see cref="MlpOnCancellation.Throw"/> by default.</summary>
    [EnumDataType(typeof(MlpOnCancellation), ErrorMessage = NotNamed)]
    public MlpOnCancellation OnCancellation { get; init; }

    /// <summary>
    /// A file with the state of the training, replaced atomically after each epoch: weights, the optimiser's state, the best weights,
    /// history, seed. If it exists when <c>Fit</c> begins, the training resumes from it and ends with the weights that it would have had
    /// without a stop, bit for bit; a finished training returns its model at once. A checkpoint of other data or options is refused. Null,
    /// the default, is off.
    /// </summary>
    [MinLength(1, ErrorMessage = "{0} must be the path of a file, or null.")]
    public string? CheckpointPath { get; init; }

    /// <summary>
    /// The maximum number of bytes that rows take in memory, at least 1 MiB; 2 GiB by default. Up to that they are read once and kept, as
    /// compactly as their values allow: one byte a feature where there are at most 256 different values, as in images, and only the values
    /// other than zero where most are zero. Above it they are read again from the view for each epoch, and shuffled in a buffer of this
    /// size. The view's own shuffling is used where it has any, no rows are set aside for validation, and no member leaves some out. In a
    /// <see cref="Group"/> it is each process's, and rows are not streamed.
    /// </summary>
    [AtLeast(Mebibyte)]
    public long MaxCacheBytes { get; init; } = 2048 * Mebibyte;
}
