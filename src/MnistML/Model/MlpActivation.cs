namespace MnistML;

/// <summary>The function between two layers of the network, applied to each unit's value <c>x</c>.</summary>
public enum MlpActivation
{
    /// <summary>Rectified linear unit: <c>max(0, x)</c> (Nair and Hinton, 2010).</summary>
    Relu,

    /// <summary>Leaky rectified linear unit: <c>x</c> above zero, <c>0.01·x</c> below (Maas, Hannun and Ng, 2013).</summary>
    LeakyRelu,

    /// <summary>
    /// Gaussian error linear unit: <c>x·Φ(x)</c> with the exact normal distribution function (Hendrycks and Gimpel, 2016).
    /// </summary>
    Gelu,

    /// <summary>Sigmoid linear unit, also called swish: <c>x·sigmoid(x)</c> (Elfwing, Uchibe and Doya, 2017).</summary>
    Silu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>Logistic sigmoid: <c>1 / (1 + e⁻ˣ)</c>.</summary>
    Sigmoid,
}
