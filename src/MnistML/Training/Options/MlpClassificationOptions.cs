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

    /// <summary>
    /// Whether the finished network's logits are divided by a temperature, above 0, that minimises the cross-entropy on rows that were not
    /// learned from, so that probabilities say how often they are right (Guo, Pleiss, Sun and Weinberger, 2017). Predicted classes stay the
    /// same but for ties between members. It takes out-of-fold predictions, or else the validation rows. Null, the default, is true where
    /// <see cref="MlpTrainingOptions.OutOfFold"/> is in effect.
    /// </summary>
    public bool? CalibrateTemperature { get; init; }

    internal sealed override bool? Calibrates => CalibrateTemperature;

    internal sealed override MlpClassWeights WeightsOfClasses => ClassWeights;
}
