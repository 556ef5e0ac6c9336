namespace MnistML;

/// <summary>The number type of matrix products during training. Weights, biases, sums and updates are always float32.</summary>
public enum MlpPrecision
{
    /// <summary>
    /// <see cref="BFloat16"/> where the processor multiplies faster in it (with AMX-BF16, and AMD's with AVX512-BF16) and the network is
    /// large enough to gain from it, as members of an ensemble never are, else <see cref="Single"/>. The choice depends on processor and
    /// network alone, so that a run can be repeated bit for bit.
    /// </summary>
    Auto,

    /// <summary>float32.</summary>
    Single,

    /// <summary>
    /// bfloat16, with eight significant binary digits, summed in float32: about twice as fast where <see cref="Auto"/> chooses it, and
    /// slower than <see cref="Single"/> on other processors. Features, outputs of hidden layers, gradients and a copy of the weights are
    /// rounded to it. The trained model is float32.
    /// </summary>
    BFloat16,
}
