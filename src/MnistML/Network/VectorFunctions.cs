using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Network;

/// <summary>A function of one value, for sixteen at a time.</summary>
internal interface IFunctionOfOne
{
    Vector512<float> Of(Vector512<float> x);
}

/// <summary>A function of two values.</summary>
internal interface IFunctionOfTwo
{
    Vector512<float> Of(Vector512<float> x, Vector512<float> y);
}

/// <summary>A function of three values.</summary>
internal interface IFunctionOfThree
{
    Vector512<float> Of(Vector512<float> x, Vector512<float> y, Vector512<float> z);
}

/// <summary><c>x</c>.</summary>
internal readonly struct Itself : IFunctionOfOne
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x) => x;
}

/// <summary><c>x²</c>.</summary>
internal readonly struct Squared : IFunctionOfOne
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x) => x * x;
}

/// <summary><c>factor · x</c>.</summary>
internal readonly struct Times(float factor) : IFunctionOfOne
{
    private readonly float _factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x) => x * Vector512.Create(_factor);
}

/// <summary><c>factor · x + term</c>.</summary>
internal readonly struct Scaled(float factor, float term) : IFunctionOfOne
{
    private readonly float _factor = factor;
    private readonly float _term = term;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x) => (x * Vector512.Create(_factor)) + Vector512.Create(_term);
}

/// <summary><c>exp(x - maximum)</c>.</summary>
internal readonly struct ExponentialBelow(float maximum) : IFunctionOfOne
{
    private readonly float _maximum = maximum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x) => Vector512.Exp(x - Vector512.Create(_maximum));
}

/// <summary><c>x + y</c>.</summary>
internal readonly struct Plus : IFunctionOfTwo
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y) => x + y;
}

/// <summary><c>x + factor · y</c>.</summary>
internal readonly struct PlusTimes(float factor) : IFunctionOfTwo
{
    private readonly float _factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y) => x + (Vector512.Create(_factor) * y);
}

/// <summary><c>share · x + other · y</c>.</summary>
internal readonly struct Blend(float share, float other) : IFunctionOfTwo
{
    private readonly float _share = share;
    private readonly float _other = other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y) => (Vector512.Create(_share) * x) + (Vector512.Create(_other) * y);
}

/// <summary><c>share · x + other · y²</c>.</summary>
internal readonly struct BlendSquare(float share, float other) : IFunctionOfTwo
{
    private readonly float _share = share;
    private readonly float _other = other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y) => (Vector512.Create(_share) * x) + (Vector512.Create(_other) * y * y);
}

/// <summary><c>x - learningRate · y / (root · √z + epsilon)</c>: a step of Adam.</summary>
internal readonly struct AdamStep(float learningRate, float root, float epsilon) : IFunctionOfThree
{
    private readonly float _learningRate = learningRate;
    private readonly float _root = root;
    private readonly float _epsilon = epsilon;

    /// <summary>The weight <c>x</c> after a step by the mean <c>y</c> and the mean square <c>z</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y, Vector512<float> z) =>
        x - (Vector512.Create(_learningRate) * y / ((Vector512.Sqrt(z) * Vector512.Create(_root)) + Vector512.Create(_epsilon)));
}

/// <summary><c>(x - y) · z</c>.</summary>
internal readonly struct MinusTimes : IFunctionOfThree
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y, Vector512<float> z) => (x - y) * z;
}

/// <summary><c>x · y + z</c>.</summary>
internal readonly struct TimesPlus : IFunctionOfThree
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y, Vector512<float> z) => (x * y) + z;
}

/// <summary><c>x + (y - z)²</c>.</summary>
internal readonly struct PlusSquaredDifference : IFunctionOfThree
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y, Vector512<float> z) => x + ((y - z) * (y - z));
}

/// <summary><c>x - y · z</c>.</summary>
internal readonly struct MinusProduct : IFunctionOfThree
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y, Vector512<float> z) => x - (y * z);
}

/// <summary><c>x + y · z</c>.</summary>
internal readonly struct PlusProduct : IFunctionOfThree
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> x, Vector512<float> y, Vector512<float> z) => x + (y * z);
}
