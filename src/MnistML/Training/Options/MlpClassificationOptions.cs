using MnistML.Common;

namespace MnistML;

/// <summary>The options that multiclass and binary classification share.</summary>
public abstract record MlpClassificationOptions : MlpTrainingOptions
{
    private protected MlpClassificationOptions()
    {
    }

    /// <summary>
    /// ε: the target of each row is <c>1 - ε</c> at its label plus <c>ε / classes</c> at every class, its own too, as in PyTorch's
    /// <c>cross_entropy</c> (Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, 2015); from 0, the default, up to, not including, 1.
    /// </summary>
    [AtLeast(0), Below(1)]
    public double LabelSmoothing { get; init; }

    /// <summary>A factor on the loss of each row by its class; <see cref="MlpClassWeights.None"/> by default.</summary>
    [OptionsWithin]
    public MlpClassWeights ClassWeights { get; init; } = MlpClassWeights.None;

    internal sealed override MlpClassWeights WeightsOfClasses => ClassWeights;
}
