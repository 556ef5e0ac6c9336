namespace MnistML.Vectors;

/// <summary>The activation of hidden layers, applied to rows of values.</summary>
internal abstract class HiddenActivation
{
    public static HiddenActivation Of(MlpActivation activation) => activation switch
    {
        MlpActivation.Relu => new Typed<ReluFunction>(),
        MlpActivation.LeakyRelu => new Typed<LeakyReluFunction>(),
        MlpActivation.Gelu => new Typed<GeluFunction>(),
        MlpActivation.Silu => new Typed<SiluFunction>(),
        MlpActivation.Tanh => new Typed<TanhFunction>(),
        MlpActivation.Sigmoid => new Typed<SigmoidFunction>(),
        _ => throw new InvalidOperationException($"There is no activation {activation}."),
    };

    /// <summary>Computes outputs from inputs.</summary>
    public abstract void Activate(ReadOnlySpan<float> inputs, Span<float> outputs);

    /// <summary>Turns dL/dOutput into dL/dInput, in place.</summary>
    public abstract void Backward(ReadOnlySpan<float> inputs, Span<float> derivatives);

    private sealed class Typed<TFunction> : HiddenActivation
        where TFunction : struct, IActivationFunction
    {
        public override void Activate(ReadOnlySpan<float> inputs, Span<float> outputs) =>
            SpanMath.Apply(inputs, outputs, default(ActivationValue<TFunction>));

        public override void Backward(ReadOnlySpan<float> inputs, Span<float> derivatives) =>
            SpanMath.Apply(inputs, derivatives, derivatives, default(ActivationDerivative<TFunction>));
    }
}
