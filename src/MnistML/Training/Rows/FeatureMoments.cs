using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MnistML.Common;
using MnistML.Network.Features;

namespace MnistML.Training.Rows;

/// <summary>
/// Mean, deviation and range of each feature, from sums of differences from the first row in double precision, so that small spreads keep
/// their digits beside large means. Of many features only those that are not zero are added, and what the zeros add is computed at the end:
/// that takes time for the entries of sparse rows only.
/// </summary>
internal sealed class FeatureMoments
{
    /// <summary>A deviation of at most this counts as none: dividing by it could give more than a float can hold.</summary>
    public const double MinDeviation = 1e-30;

    /// <summary>From so many features on, zeros are left to the end.</summary>
    private const int ManyFeatures = 1_000;

    private readonly double[] _shifts;
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly float[] _least;
    private readonly float[] _greatest;

    /// <summary>The rows in which each feature was added; null where that is in all of them.</summary>
    private readonly int[]? _added;

    /// <summary>All features of a row.</summary>
    private readonly float[] _dense;
    private long _rowCount;

    public FeatureMoments(int featureCount)
    {
        _shifts = new double[featureCount];
        _sums = new double[featureCount];
        _squares = new double[featureCount];
        _least = new float[featureCount];
        _greatest = new float[featureCount];
        _added = featureCount >= ManyFeatures ? new int[featureCount] : null;
        _dense = new float[featureCount];
    }

    public void Add(RowFeatures features)
    {
        if (_rowCount == 0)
        {
            Begin(features);
        }

        _rowCount++;
        if (_added is not null)
        {
            AddEntries(_added, features);
        }
        else if (features.IsDense)
        {
            AddAll(features.Values);
        }
        else
        {
            features.CopyTo(_dense);
            AddAll(_dense);
        }
    }

    /// <summary>
    /// What is subtracted from each feature, and its divisor: 1 where a feature does not vary, and more than the deviation where a value
    /// would lie too far out; or the greatest magnitude, if that is above 1, and nothing subtracted.
    /// </summary>
    /// <param name="scaling">Any but none. Quantiles are not computed here.</param>
    public FeatureScale ScaleFor(MlpFeatureScaling scaling) => scaling == MlpFeatureScaling.MaxAbsAboveOne
        ? new FeatureScale(new double[_sums.Length], [.. _sums.Select((_, i) => MagnitudeOf(i))])
        : new FeatureScale([.. _sums.Select((_, i) => MeanOf(i))], [.. _sums.Select((_, i) => DivisorOf(i, scaling))]);

    /// <summary>Features that vary, but too little to be scaled.</summary>
    public int CountUnscalable()
    {
        var count = 0;
        for (var i = 0; i < _sums.Length; i++)
        {
            // Only where all values are that close can the deviation be that small.
            var (least, greatest) = RangeOf(i);
            count += (double)greatest - least is > 0 and <= MinDeviation ? 1 : 0;
        }

        return count;
    }

    private long ZerosOf(int feature) => _added is null ? 0 : _rowCount - _added[feature];

    private double MeanOfDifferences(int feature) => (_sums[feature] - (ZerosOf(feature) * _shifts[feature])) / _rowCount;

    private double MeanOf(int feature) => _shifts[feature] + MeanOfDifferences(feature);

    private (float Least, float Greatest) RangeOf(int feature) => ZerosOf(feature) == 0
        ? (_least[feature], _greatest[feature])
        : (Math.Min(_least[feature], 0), Math.Max(_greatest[feature], 0));

    private double DeviationOf(int feature)
    {
        var mean = MeanOfDifferences(feature);
        var meanSquare = (_squares[feature] + (ZerosOf(feature) * _shifts[feature] * _shifts[feature])) / _rowCount;
        var deviation = Math.Sqrt(Math.Max(meanSquare - (mean * mean), 0));
        return deviation > MinDeviation ? deviation : 1;
    }

    private double DivisorOf(int feature, MlpFeatureScaling scaling)
    {
        const double MaxDeviations = 5;
        var (mean, deviation) = (MeanOf(feature), DeviationOf(feature));
        var (least, greatest) = RangeOf(feature);
        return scaling == MlpFeatureScaling.BoundedStandardize
            ? Math.Max(deviation, Math.Max(greatest - mean, mean - least) / MaxDeviations)
            : deviation;
    }

    private double MagnitudeOf(int feature)
    {
        var (least, greatest) = RangeOf(feature);
        return Math.Max(Math.Max(Math.Abs((double)least), Math.Abs((double)greatest)), 1);
    }

    private void Begin(RowFeatures first)
    {
        first.CopyTo(_least);
        first.CopyTo(_greatest);
        for (var i = 0; i < _shifts.Length; i++)
        {
            _shifts[i] = _least[i];
        }
    }

    private void AddEntries(int[] added, RowFeatures features)
    {
        for (var i = features.NextEntry(0); i >= 0; i = features.NextEntry(i + 1))
        {
            var slot = features.SlotOf(i);
            added[slot]++;
            AddOne(slot, features.Values[i]);
        }
    }

    private void AddOne(int feature, float value)
    {
        var difference = value - _shifts[feature];
        _sums[feature] += difference;
        _squares[feature] += difference * difference;
        _least[feature] = Math.Min(_least[feature], value);
        _greatest[feature] = Math.Max(_greatest[feature], value);
    }

    private void AddAll(ReadOnlySpan<float> features)
    {
        for (var i = AddByVectors(features); i < features.Length; i++)
        {
            AddOne(i, features[i]);
        }
    }

    /// <summary>
    /// Adds the features that fill whole vectors, and returns their number. Each sum has the same bits as in the scalar loop.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AddByVectors(ReadOnlySpan<float> features)
    {
        ref var first = ref MemoryMarshal.GetReference(features);
        ref var shift = ref MemoryMarshal.GetArrayDataReference(_shifts);
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
}
