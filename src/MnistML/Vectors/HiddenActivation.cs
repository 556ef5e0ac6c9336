namespace MnistML.Vectors;

/// <summary>The activation of hidden layers over rows of values.</summary>
internal abstract class HiddenActivation
{
    public static HiddenActivation Of(MlpActivation activation) => activation switch
    {
        MlpActivation.Relu => new By<ReluFunction>(),
        MlpActivation.LeakyRelu => new By<LeakyReluFunction>(),
        MlpActivation.Gelu => new By<GeluFunction>(),
        MlpActivation.Silu => new By<SiluFunction>(),
        MlpActivation.Tanh => new By<TanhFunction>(),
        MlpActivation.Sigmoid => new By<SigmoidFunction>(),
        _ => throw new InvalidOperationException($"There is no activation {activation}."),
    };

    /// <summary>Computes outputs from inputs.</summary>
    public abstract void Activate(ReadOnlySpan<float> inputs, Span<float> outputs);

    /// <summary>Makes derivatives by the outputs those by the inputs.</summary>
    public abstract void Backward(ReadOnlySpan<float> inputs, Span<float> derivatives);

    private sealed class By<TFunction> : HiddenActivation
        where TFunction : struct, IActivationFunction
    {
        public override void Activate(ReadOnlySpan<float> inputs, Span<float> outputs) =>
            SpanMath.Apply(inputs, outputs, default(ActivationValue<TFunction>));

        public override void Backward(ReadOnlySpan<float> inputs, Span<float> derivatives) =>
            SpanMath.Apply(inputs, derivatives, derivatives, default(ActivationDerivative<TFunction>));
    }
}
