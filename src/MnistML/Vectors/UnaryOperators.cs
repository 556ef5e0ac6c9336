using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>An element-wise function of one value, over sixteen at a time.</summary>
internal interface IUnaryOperator
{
    Vector512<float> Invoke(Vector512<float> x);
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

/// <summary><c>scale · x + shift</c>.</summary>
internal readonly struct ScaleAndShift(float scale, float shift) : IUnaryOperator
{
    private readonly float _scale = scale;
    private readonly float _shift = shift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => (x * Vector512.Create(_scale)) + Vector512.Create(_shift);
}

/// <summary><c>exp(x - maximum)</c>.</summary>
internal readonly struct ExpSubtract(float maximum) : IUnaryOperator
{
    private readonly float _maximum = maximum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Invoke(Vector512<float> x) => Vector512.Exp(x - Vector512.Create(_maximum));
}
