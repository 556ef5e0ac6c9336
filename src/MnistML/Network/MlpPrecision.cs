namespace MnistML;

/// <summary>The numbers that matrix products are computed with while a network learns. Weights, biases, sums and updates are float32 always.</summary>
public enum MlpPrecision
{
    /// <summary>
    /// <see cref="BFloat16"/> where the processor has instructions for it and the network is large enough to gain by it, else
    /// <see cref="Single"/>. The choice is a function of processor and network alone, so that a run can be repeated bit for bit.
    /// </summary>
    Auto,

    /// <summary>float32.</summary>
    Single,

    /// <summary>
    /// bfloat16, eight digits of which are significant in binary, summed in float32: about twice as fast where the processor has instructions for
    /// it, and slower than <see cref="Single"/> where it has not. Features, outputs of hidden layers, gradients and a copy of the weights are rounded
    /// to it. The model that comes out is float32.
    /// </summary>
    BFloat16,
}
