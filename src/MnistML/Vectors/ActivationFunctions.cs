using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace MnistML.Vectors;

/// <summary>An activation function and its derivative, over sixteen values at a time.</summary>
internal interface IActivationFunction
{
    /// <summary><c>f(x)</c>.</summary>
    static abstract Vector512<float> Value(Vector512<float> x);

    /// <summary><c>f′(x)</c>.</summary>
    static abstract Vector512<float> Derivative(Vector512<float> x);
}

/// <summary><c>f(x)</c>.</summary>
internal readonly struct ActivationValue<TActivation> : IUnaryOperator
    where TActivation : struct, IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => TActivation.Value(x);
}

/// <summary>
/// <c>y · f′(x)</c>: the gradient with respect to the activation's input, from <c>y</c>, the gradient with respect to its output.
/// </summary>
internal readonly struct ActivationDerivative<TActivation> : IBinaryOperator
    where TActivation : struct, IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => y * TActivation.Derivative(x);
}

/// <summary><see cref="MlpActivation.Relu"/>. NaN stays NaN, so that divergence is noticed.</summary>
internal readonly struct ReluFunction : IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) =>
        ConditionalSelect(LessThan(x, Vector512<float>.Zero), Vector512<float>.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x) =>
        ConditionalSelect(GreaterThan(x, Vector512<float>.Zero), Vector512<float>.One, Vector512<float>.Zero);
}

/// <summary><see cref="MlpActivation.LeakyRelu"/>.</summary>
internal readonly struct LeakyReluFunction : IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * Derivative(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x) =>
        ConditionalSelect(GreaterThan(x, Vector512<float>.Zero), Vector512<float>.One, Create(MlpArchitecture.LeakyReluSlope));
}

/// <summary><see cref="MlpActivation.Gelu"/>; Φ is the normal distribution function, φ its density.</summary>
internal readonly struct GeluFunction : IActivationFunction
{
    private const float InverseRootOfTwo = 0.70710678f;
    private const float InverseRootOfTwoPi = 0.39894228f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * Distribution(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x) =>
        Distribution(x) + (x * Create(InverseRootOfTwoPi) * Exp(Create(-0.5f) * x * x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Distribution(Vector512<float> x) =>
        Create(0.5f) * (Vector512<float>.One + SpecialFunctions.Erf(x * Create(InverseRootOfTwo)));
}

/// <summary><see cref="MlpActivation.Silu"/>.</summary>
internal readonly struct SiluFunction : IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * SigmoidFunction.Value(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x)
    {
        var sigmoid = SigmoidFunction.Value(x);
        return sigmoid * (Vector512<float>.One + (x * (Vector512<float>.One - sigmoid)));
    }
}

/// <summary><see cref="MlpActivation.Tanh"/>.</summary>
internal readonly struct TanhFunction : IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => SpecialFunctions.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x)
    {
        var value = SpecialFunctions.Tanh(x);
        return Vector512<float>.One - (value * value);
    }
}

/// <summary><see cref="MlpActivation.Sigmoid"/>.</summary>
internal readonly struct SigmoidFunction : IActivationFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Derivative(Vector512<float> x)
    {
        var value = Value(x);
        return value * (Vector512<float>.One - value);
    }
}
