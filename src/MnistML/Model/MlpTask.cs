namespace MnistML;

/// <summary>What a network predicts, which determines the meaning of its outputs.</summary>
public enum MlpTask
{
    /// <summary>One of several classes: one output for each, whose softmax is their probabilities.</summary>
    Multiclass,

    /// <summary>True or false: one output, the logit, whose logistic sigmoid is the probability of true.</summary>
    Binary,

    /// <summary>A number: one output, the prediction in the label's unit.</summary>
    Regression,
}
