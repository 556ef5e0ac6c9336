using System.Numerics;
using System.Runtime.InteropServices;
using MnistML.Common;
using MnistML.Network.Features;
using MnistML.Network.Losses;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>
/// Statistics of rows that a training needs: rows and weights by class, mean and spread of each feature and of the label, a checksum.
/// </summary>
internal sealed class RowStatistics
{
    private readonly FeatureMoments? _moments;
    private readonly float[] _features;
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
        _moments = scaling == MlpFeatureScaling.None ? null : new FeatureMoments(source.FeatureCount);
        _features = new float[source.FeatureCount];
        RowsOfClass = new long[source.ClassCount];
        WeightOfClass = new double[source.ClassCount];
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

    /// <inheritdoc cref="FeatureMoments.ScaleFor"/>
    /// <param name="scaling">Any but none; where moments were computed.</param>
    /// <returns>Null for no scaling.</returns>
    public FeatureScale? ScaleFor(MlpFeatureScaling scaling) =>
        scaling == MlpFeatureScaling.None ? null : _moments?.ScaleFor(scaling);

    /// <summary>Mean and standard deviation of the labels in regression; the deviation is 1 where that is 0.</summary>
    public TargetScale TargetScale => new(
        _labelShift + (_labelSum / RowCount),
        VarianceOf(_labelSum / RowCount, _labelSquares / RowCount) is > 0 and var variance ? Math.Sqrt(variance) : 1);

    /// <summary>Whether all labels are the same number, as they are in classification, where they are classes.</summary>
    public bool HasOneLabel => _labelSquares == 0;

    /// <summary>Features that vary, but too little to be scaled; 0 if features are not scaled.</summary>
    public int CountUnscalableFeatures() => _moments?.CountUnscalable() ?? 0;

    public void Add(RowFeatures features, Target target)
    {
        _moments?.Add(features);
        if (_hasChecksum)
        {
            features.CopyTo(_features);
            AddToChecksum(_features, target);
        }

        Sample?.Add(features);
        RowCount++;
        RowsOfClass[target.Class]++;
        WeightOfClass[target.Class] += target.Weight;
        HasWeights |= target.Weight != 1;
        AddLabel(target.Value);
    }

    /// <summary>Adds the difference from the first label, as <see cref="FeatureMoments"/> does.</summary>
    private void AddLabel(float label)
    {
        _labelShift = RowCount == 1 ? label : _labelShift;
        var difference = label - _labelShift;
        _labelSum += difference;
        _labelSquares += difference * difference;
    }

    private static double VarianceOf(double mean, double meanSquare) => Math.Max(meanSquare - (mean * mean), 0);

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
