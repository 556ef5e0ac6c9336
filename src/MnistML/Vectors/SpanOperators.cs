using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>A function of one value, for sixteen at a time.</summary>
internal interface IUnaryOperator
{
    Vector512<float> Invoke(Vector512<float> x);
}

/// <summary>A function of two values.</summary>
internal interface IBinaryOperator
{
    Vector512<float> Invoke(Vector512<float> x, Vector512<float> y);
}

/// <summary>A function of three values.</summary>
internal interface ITernaryOperator
{
    Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z);
}

/// <summary><c>x</c>.</summary>
internal readonly struct Identity : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => x;
}

/// <summary><c>x²</c>.</summary>
internal readonly struct Square : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => x * x;
}

/// <summary><c>factor · x</c>.</summary>
internal readonly struct Scale(float factor) : IUnaryOperator
{
    private readonly float _factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => x * Vector512.Create(_factor);
}

/// <summary><c>factor · x + term</c>.</summary>
internal readonly struct ScaleAndShift(float factor, float term) : IUnaryOperator
{
    private readonly float _factor = factor;
    private readonly float _term = term;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => (x * Vector512.Create(_factor)) + Vector512.Create(_term);
}

/// <summary><c>exp(x - maximum)</c>.</summary>
internal readonly struct ExpSubtract(float maximum) : IUnaryOperator
{
    private readonly float _maximum = maximum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => Vector512.Exp(x - Vector512.Create(_maximum));
}

/// <summary><c>x + y</c>.</summary>
internal readonly struct Add : IBinaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => x + y;
}

/// <summary><c>x + factor · y</c>.</summary>
internal readonly struct AddScaled(float factor) : IBinaryOperator
{
    private readonly float _factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => x + (Vector512.Create(_factor) * y);
}

/// <summary><c>share · x + other · y</c>.</summary>
internal readonly struct WeightedSum(float share, float other) : IBinaryOperator
{
    private readonly float _share = share;
    private readonly float _other = other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => (Vector512.Create(_share) * x) + (Vector512.Create(_other) * y);
}

/// <summary><c>share · x + other · y²</c>.</summary>
internal readonly struct WeightedSumOfSquare(float share, float other) : IBinaryOperator
{
    private readonly float _share = share;
    private readonly float _other = other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => (Vector512.Create(_share) * x) + (Vector512.Create(_other) * y * y);
}

/// <summary><c>x - learningRate · y / (root · √z + epsilon)</c>: a step of Adam.</summary>
internal readonly struct AdamStep(float learningRate, float root, float epsilon) : ITernaryOperator
{
    private readonly float _learningRate = learningRate;
    private readonly float _root = root;
    private readonly float _epsilon = epsilon;

    /// <summary>The weight <c>x</c> after a step by the mean <c>y</c> and the mean square <c>z</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) =>
        x - (Vector512.Create(_learningRate) * y / ((Vector512.Sqrt(z) * Vector512.Create(_root)) + Vector512.Create(_epsilon)));
}

/// <summary><c>(x - y) · z</c>.</summary>
internal readonly struct SubtractMultiply : ITernaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) => (x - y) * z;
}

/// <summary><c>x · y + z</c>.</summary>
internal readonly struct MultiplyAdd : ITernaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) => (x * y) + z;
}

/// <summary><c>x + (y - z)²</c>.</summary>
internal readonly struct AddSquaredDifference : ITernaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) => x + ((y - z) * (y - z));
}

/// <summary><c>x - y · z</c>.</summary>
internal readonly struct SubtractProduct : ITernaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) => x - (y * z);
}

/// <summary><c>x + y · z</c>.</summary>
internal readonly struct AddProduct : ITernaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) => x + (y * z);
}
