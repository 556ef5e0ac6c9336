using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MnistML.Vectors;

namespace MnistML.Training.Augmentation;

/// <summary>
/// How far each pixel of an image is moved elastically (Simard, Steinkraus and Platt, 2003): random numbers from U(-1, 1), smoothed by a
/// Gaussian, for each coordinate. Beyond the image they count as 0. It serves one thread at a time, and allocates nothing per image.
/// </summary>
internal sealed class ElasticField
{
    /// <summary>Standard deviations at which the Gaussian is cut off.</summary>
    private const int Reach = 3;

    private readonly int _height;
    private readonly int _width;
    private readonly int _lineLength;
    private readonly int _radius;
    private readonly int _paddedLineLength;
    private readonly float[] _weights;
    private readonly float[] _noise;
    private readonly float[] _between;
    private readonly float[] _x;
    private readonly float[] _y;

    /// <param name="height">Of the images.</param>
    /// <param name="width">Of the images.</param>
    /// <param name="displacement">The standard deviation of the movements far from the edges, in pixels.</param>
    /// <param name="smoothness">The Gaussian's standard deviation, in pixels.</param>
    public ElasticField(int height, int width, double displacement, double smoothness)
    {
        (_height, _width, _lineLength) = (height, width, LineLengthOf(width));
        _radius = (int)Math.Ceiling(Reach * smoothness);
        _paddedLineLength = _lineLength + (2 * _radius);
        _weights = WeightsOf(_radius, displacement, smoothness);
        _noise = new float[2 * height * _lineLength];
        _between = new float[2 * height * _paddedLineLength];
        _x = new float[height * _lineLength];
        _y = new float[height * _lineLength];
    }

    /// <summary>Pixels to the right, for each pixel; each row of the image takes <see cref="LineLengthOf"/>.</summary>
    public ReadOnlySpan<float> X => _x;

    /// <summary>Pixels down.</summary>
    public ReadOnlySpan<float> Y => _y;

    /// <summary>The length of a row of pixels in memory: a multiple of the vector length.</summary>
    public static int LineLengthOf(int width) => (width + Vector512<float>.Count - 1) / Vector512<float>.Count * Vector512<float>.Count;

    /// <summary>Draws a new field.</summary>
    public void Draw(ulong seed)
    {
        DrawNoise((uint)seed, _noise.AsSpan(0, _x.Length));
        DrawNoise((uint)(seed >> 32), _noise.AsSpan(_x.Length));
        Smooth(_noise, _x, _y);
    }

    /// <summary>Numbers from U(-1, 1) for the pixels of each row, and 0 in the padding after them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void DrawNoise(uint key, Span<float> noise)
    {
        // The upper 24 bits of a hash, of which -2²³ makes numbers about 0.
        const int UnusedBits = 8;
        const float Unit = 1f / (1 << 23);
        var counters = Vector512.Create(VectorHash.Scramble(key)) + (Vector512<uint>.Indices * VectorHash.Step);
        ref var to = ref MemoryMarshal.GetReference(noise);
        for (var y = 0; y < _height; y++)
        {
            for (var x = 0; x < _lineLength; x += Vector512<float>.Count)
            {
                var drawn = (VectorHash.Scramble(counters) >> UnusedBits).AsInt32();
                var values = (Vector512.ConvertToSingle(drawn) * Unit) - Vector512<float>.One;
                var isInside = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(_width - x));
                (values.AsInt32() & isInside).AsSingle().StoreUnsafe(ref to, (nuint)((y * _lineLength) + x));
                counters += Vector512.Create((uint)Vector512<float>.Count * VectorHash.Step);
            }
        }
    }

    /// <summary>Smooths up and down, then left and right: a Gaussian is the product of both.</summary>
    /// <param name="noise">Numbers for one coordinate, then for the other.</param>
    /// <param name="smoothedX">The first of them, smoothed.</param>
    /// <param name="smoothedY">The second.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Smooth(ReadOnlySpan<float> noise, Span<float> smoothedX, Span<float> smoothedY)
    {
        ref var from = ref MemoryMarshal.GetReference(noise);
        ref var between = ref MemoryMarshal.GetArrayDataReference(_between);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        ref var toX = ref MemoryMarshal.GetReference(smoothedX);
        ref var toY = ref MemoryMarshal.GetReference(smoothedY);
        var (fieldLength, paddedFieldLength) = (_height * _lineLength, _height * _paddedLineLength);
        for (var y = 0; y < _height; y++)
        {
            var first = Math.Max(y - _radius, 0);
            var count = Math.Min(y + _radius, _height - 1) - first + 1;
            ref var weight = ref Unsafe.Add(ref weights, first - y + _radius);
            for (var x = 0; x < _lineLength; x += Vector512<float>.Count)
            {
                var (sumX, sumY) = SumUp(ref Unsafe.Add(ref from, (first * _lineLength) + x), fieldLength, _lineLength, ref weight, count);
                ref var to = ref Unsafe.Add(ref between, (y * _paddedLineLength) + _radius + x);
                sumX.StoreUnsafe(ref to);
                sumY.StoreUnsafe(ref to, (nuint)paddedFieldLength);
            }
        }

        // The padding on both sides of a row stays 0.
        for (var y = 0; y < _height; y++)
        {
            for (var x = 0; x < _lineLength; x += Vector512<float>.Count)
            {
                var (sumX, sumY) =
                    SumUp(ref Unsafe.Add(ref between, (y * _paddedLineLength) + x), paddedFieldLength, 1, ref weights, _weights.Length);
                sumX.StoreUnsafe(ref toX, (nuint)((y * _lineLength) + x));
                sumY.StoreUnsafe(ref toY, (nuint)((y * _lineLength) + x));
            }
        }
    }

    /// <summary>
    /// The weighted sums of vectors that lie a step apart, in both fields: four sums at a time, so that none waits for the previous one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> X, Vector512<float> Y) SumUp(ref float first, int otherField, int step, ref float weights, int count)
    {
        var (evenX, evenY) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (oddX, oddY) = (Vector512<float>.Zero, Vector512<float>.Zero);
        ref var last = ref Unsafe.Add(ref weights, count - 1);
        while (Unsafe.IsAddressLessThan(ref weights, ref last))
        {
            var (even, odd) = (Vector512.Create(weights), Vector512.Create(Unsafe.Add(ref weights, 1)));
            ref var second = ref Unsafe.Add(ref first, step);
            evenX = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref first), evenX);
            evenY = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref first, (nuint)otherField), evenY);
            oddX = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref second), oddX);
            oddY = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref second, (nuint)otherField), oddY);
            first = ref Unsafe.Add(ref second, step);
            weights = ref Unsafe.Add(ref weights, 2);
        }

        if (Unsafe.AreSame(ref weights, ref last))
        {
            var weight = Vector512.Create(weights);
            evenX = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref first), evenX);
            evenY = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref first, (nuint)otherField), evenY);
        }

        return (evenX + oddX, evenY + oddY);
    }

    /// <summary>
    /// The Gaussian's weights for one direction. The sum of independent numbers of variance 1/3, weighted in both directions, has the
    /// variance <c>(Σ weight²)² / 3</c>.
    /// </summary>
    private static float[] WeightsOf(int radius, double displacement, double smoothness)
    {
        double[] weights =
            [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(offset => Math.Exp(-offset * offset / (2 * smoothness * smoothness)))];
        var factor = Math.Sqrt(displacement * Math.Sqrt(3) / weights.Sum(weight => weight * weight));
        return [.. weights.Select(weight => (float)(weight * factor))];
    }
}
