using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>An element-wise function of three values, over sixteen triples at a time.</summary>
internal interface ITernaryOperator
{
    Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z);
}

/// <summary>One step of Adam: <c>x - learningRate · y / (rootScale · √z + epsilon)</c>.</summary>
internal readonly struct AdamStep(float learningRate, float rootScale, float epsilon) : ITernaryOperator
{
    private readonly float _learningRate = learningRate;
    private readonly float _rootScale = rootScale;
    private readonly float _epsilon = epsilon;

    /// <summary>
    /// The weight <c>x</c> after the step, given the first moment <c>y</c> and the second moment <c>z</c> of its gradient.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) =>
        x - (Vector512.Create(_learningRate) * y / ((Vector512.Sqrt(z) * Vector512.Create(_rootScale)) + Vector512.Create(_epsilon)));
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
