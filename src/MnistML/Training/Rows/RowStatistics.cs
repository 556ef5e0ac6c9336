using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MnistML.Network.Features;
using MnistML.Network.Losses;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>
/// Statistics of rows that a training needs: rows and weights by class, mean and spread of each feature and of the label, a checksum.
/// </summary>
internal sealed class RowStatistics
{
    /// <summary>A deviation of at most this counts as none: dividing by it could give more than a float can hold.</summary>
    public const double MinDeviation = 1e-30;

    private readonly double[]? _shifts;
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly float[] _least;
    private readonly float[] _greatest;
    private readonly MlpFeatureScaling _scaling;
    private readonly bool _hasChecksum;
    private double _labelShift;
    private double _labelSum;
    private double _labelSquares;

    /// <param name="source">Where the rows come from.</param>
    /// <param name="scaling">How features will be scaled; means and deviations are computed as needed for it.</param>
    /// <param name="hasChecksum">Whether the checksum is computed.</param>
    /// <param name="sample">Receives all rows; null for no sample.</param>
    public RowStatistics(IRowSource source, MlpFeatureScaling scaling, bool hasChecksum, RowSample? sample = null)
    {
        Sample = sample;
        _scaling = scaling;
        var hasMoments = scaling != MlpFeatureScaling.None;
        _least = hasMoments ? new float[source.FeatureCount] : [];
        _greatest = hasMoments ? new float[source.FeatureCount] : [];
        RowsOfClass = new long[source.ClassCount];
        WeightOfClass = new double[source.ClassCount];
        _shifts = hasMoments ? new double[source.FeatureCount] : null;
        _sums = hasMoments ? new double[source.FeatureCount] : [];
        _squares = hasMoments ? new double[source.FeatureCount] : [];
        _hasChecksum = hasChecksum;
    }

    public long RowCount { get; private set; }

    public long[] RowsOfClass { get; }

    /// <summary>The sum of the rows' own weights.</summary>
    public double[] WeightOfClass { get; }

    /// <summary>Whether any row has a weight other than 1.</summary>
    public bool HasWeights { get; private set; }

    /// <summary>CRC-32C over all rows' features, classes and weights, in their order.</summary>
    public uint Checksum { get; private set; }

    /// <summary>A sample of the rows; null where none was asked for.</summary>
    public RowSample? Sample { get; }

    /// <summary>Mean and divisor of each feature by the scaling that was asked for; null for none.</summary>
    public FeatureScale? FeatureScale => ScaleFor(_scaling);

    /// <summary>
    /// Mean and divisor of each feature; null for no scaling. The divisor is the standard deviation, 1 where that is 0, and more where a
    /// value would lie too far out.
    /// </summary>
    /// <param name="scaling">None, standardised or bounded; where moments were computed.</param>
    public FeatureScale? ScaleFor(MlpFeatureScaling scaling) => _shifts is null || scaling == MlpFeatureScaling.None
        ? null
        : new FeatureScale(
            [.. _sums.Select((sum, i) => _shifts[i] + (sum / RowCount))],
            [.. _sums.Select((sum, i) => DivisorOf(i, DeviationOf(sum / RowCount, _squares[i] / RowCount), scaling))]);

    /// <summary>Mean and standard deviation of the labels in regression; the deviation is 1 where that is 0.</summary>
    public TargetScale TargetScale => new(
        _labelShift + (_labelSum / RowCount),
        VarianceOf(_labelSum / RowCount, _labelSquares / RowCount) is > 0 and var variance ? Math.Sqrt(variance) : 1);

    /// <summary>Whether all labels are the same number, as they are in classification, where they are classes.</summary>
    public bool HasOneLabel => _labelSquares == 0;

    /// <summary>Features that vary, but too little to be scaled; 0 if features are not scaled.</summary>
    public int CountUnscalableFeatures()
    {
        var count = 0;
        for (var i = 0; i < _least.Length; i++)
        {
            // Only where all values are that close can the deviation be that small.
            var range = (double)_greatest[i] - _least[i];
            count += range is > 0 and <= MinDeviation ? 1 : 0;
        }

        return count;
    }

    public void Add(ReadOnlySpan<float> features, Target target)
    {
        if (_shifts is not null)
        {
            AddMoments(_shifts, features);
        }

        if (_hasChecksum)
        {
            AddToChecksum(features, target);
        }

        Sample?.Add(features);
        RowCount++;
        RowsOfClass[target.Class]++;
        WeightOfClass[target.Class] += target.Weight;
        HasWeights |= target.Weight != 1;
        AddLabel(target.Value);
    }

    /// <summary>Adds the difference from the first label, as <see cref="AddMoments"/> does.</summary>
    private void AddLabel(float label)
    {
        _labelShift = RowCount == 1 ? label : _labelShift;
        var difference = label - _labelShift;
        _labelSum += difference;
        _labelSquares += difference * difference;
    }

    private static double DeviationOf(double mean, double meanSquare)
    {
        var deviation = Math.Sqrt(VarianceOf(mean, meanSquare));
        return deviation > MinDeviation ? deviation : 1;
    }

    private static double VarianceOf(double mean, double meanSquare) => Math.Max(meanSquare - (mean * mean), 0);

    private double DivisorOf(int feature, double deviation, MlpFeatureScaling scaling)
    {
        const double MaxDeviations = 5;
        var mean = _shifts![feature] + (_sums[feature] / RowCount);
        var farthest = Math.Max(_greatest[feature] - mean, mean - _least[feature]);
        return scaling == MlpFeatureScaling.BoundedStandardize ? Math.Max(deviation, farthest / MaxDeviations) : deviation;
    }

    /// <summary>
    /// Adds differences from the first row, in double precision, so that small spreads keep their digits beside large means.
    /// </summary>
    private void AddMoments(double[] shifts, ReadOnlySpan<float> features)
    {
        if (RowCount == 0)
        {
            for (var i = 0; i < features.Length; i++)
            {
                shifts[i] = features[i];
            }

            features.CopyTo(_least);
            features.CopyTo(_greatest);
        }

        var vectorized = AddMomentsByVectors(shifts, features);
        for (var i = vectorized; i < features.Length; i++)
        {
            var difference = features[i] - shifts[i];
            _sums[i] += difference;
            _squares[i] += difference * difference;
            _least[i] = Math.Min(_least[i], features[i]);
            _greatest[i] = Math.Max(_greatest[i], features[i]);
        }
    }

    /// <summary>
    /// Adds the features that fill whole vectors, and returns their number. Each sum has the same bits as in the scalar loop.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AddMomentsByVectors(double[] shifts, ReadOnlySpan<float> features)
    {
        ref var first = ref MemoryMarshal.GetReference(features);
        ref var shift = ref MemoryMarshal.GetArrayDataReference(shifts);
        ref var sum = ref MemoryMarshal.GetArrayDataReference(_sums);
        ref var square = ref MemoryMarshal.GetArrayDataReference(_squares);
        ref var least = ref MemoryMarshal.GetArrayDataReference(_least);
        ref var greatest = ref MemoryMarshal.GetArrayDataReference(_greatest);
        var i = 0;
        for (; i <= features.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            var at = (nuint)i;
            var values = Vector256.LoadUnsafe(ref first, at);
            var (lower, upper) = Vector256.Widen(values);
            var difference = Vector512.Create(lower, upper) - Vector512.LoadUnsafe(ref shift, at);
            (Vector512.LoadUnsafe(ref sum, at) + difference).StoreUnsafe(ref sum, at);
            (Vector512.LoadUnsafe(ref square, at) + (difference * difference)).StoreUnsafe(ref square, at);
            Vector256.Min(values, Vector256.LoadUnsafe(ref least, at)).StoreUnsafe(ref least, at);
            Vector256.Max(values, Vector256.LoadUnsafe(ref greatest, at)).StoreUnsafe(ref greatest, at);
        }

        return i;
    }

    private void AddToChecksum(ReadOnlySpan<float> features, Target target)
    {
        var crc = Checksum;
        var pairs = MemoryMarshal.Cast<float, ulong>(features);
        foreach (var pair in pairs)
        {
            crc = BitOperations.Crc32C(crc, pair);
        }

        foreach (var value in features[(pairs.Length * 2)..])
        {
            crc = BitOperations.Crc32C(crc, BitConverter.SingleToUInt32Bits(value));
        }

        // In regression the class is 0, and in classification the value.
        crc = BitOperations.Crc32C(crc, (uint)target.Class | BitConverter.SingleToUInt32Bits(target.Value));
        Checksum = BitOperations.Crc32C(crc, BitConverter.SingleToUInt32Bits(target.Weight));
    }
}
