using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>An element-wise function of two values, over sixteen pairs at a time.</summary>
internal interface IBinaryOperator
{
    Vector512<float> Invoke(Vector512<float> x, Vector512<float> y);
}

/// <summary><c>x + y</c>.</summary>
internal readonly struct Add : IBinaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => x + y;
}

/// <summary><c>x · y</c>.</summary>
internal readonly struct Multiply : IBinaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => x * y;
}

/// <summary><c>x + factor · y</c>.</summary>
internal readonly struct AddScaled(float factor) : IBinaryOperator
{
    private readonly float _factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) => x + (Vector512.Create(_factor) * y);
}

/// <summary><c>xWeight · x + yWeight · y</c>.</summary>
internal readonly struct WeightedSum(float xWeight, float yWeight) : IBinaryOperator
{
    private readonly float _xWeight = xWeight;
    private readonly float _yWeight = yWeight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) =>
        (Vector512.Create(_xWeight) * x) + (Vector512.Create(_yWeight) * y);
}

/// <summary><c>xWeight · x + yWeight · y²</c>.</summary>
internal readonly struct WeightedSumOfSquare(float xWeight, float yWeight) : IBinaryOperator
{
    private readonly float _xWeight = xWeight;
    private readonly float _yWeight = yWeight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y) =>
        (Vector512.Create(_xWeight) * x) + (Vector512.Create(_yWeight) * y * y);
}
