using MnistML.Common;

namespace MnistML.Training.Sampling;

/// <summary>
/// A random sample of the training rows, all of them where they are few, drawn in one pass by Vitter's algorithm R (1985). Quantiles of the
/// sample stand for those of all rows. Rows that came without their zeros are held without them.
/// </summary>
/// <param name="featureCount">Features of each row.</param>
/// <param name="seed">Draws the rows.</param>
internal sealed class RowSample(int featureCount, ulong seed)
{
    private const int MaxRows = 1 << 16;
    private const int MaxValues = 1 << 20;

    /// <summary>Fewer rows would say nothing, however wide they are.</summary>
    private const int MinRows = 64;

    private readonly int _capacity = Math.Clamp(MaxValues / featureCount, MinRows, MaxRows);
    private readonly List<SampledRow> _sampled = [];
    private IReadOnlyList<float[]>? _rows;
    private SplitMix64 _random = new(seed);
    private long _seen;

    public int FeatureCount => featureCount;

    /// <summary>All features of the rows. They are made when they are first asked for.</summary>
    public IReadOnlyList<float[]> Rows => _rows ??= [.. _sampled.Select(AllFeatures)];

    public void Add(RowFeatures features)
    {
        _seen++;
        if (_sampled.Count < _capacity)
        {
            _sampled.Add(new SampledRow(features.Values.ToArray(), features.Slots.ToArray()));
            return;
        }

        var place = _random.NextDouble() * _seen;
        if (place < _capacity)
        {
            _sampled[(int)place] = new SampledRow(features.Values.ToArray(), features.Slots.ToArray());
        }
    }

    /// <summary>The share of values that are zero, in the first rows of the sample.</summary>
    /// <param name="rowCount">The most rows that are looked at.</param>
    public double ShareOfZeros(int rowCount) => _sampled.Take(rowCount)
        .Average(row => (featureCount - row.Values.Count(value => value != 0)) / (double)featureCount);

    /// <summary>The values of a feature, in ascending order.</summary>
    public float[] Sorted(int feature)
    {
        float[] values = [.. Rows.Select(row => row[feature])];
        Array.Sort(values);
        return values;
    }

    private float[] AllFeatures(SampledRow row)
    {
        if (row.Values.Length == featureCount)
        {
            return row.Values;
        }

        var features = new float[featureCount];
        new RowFeatures(featureCount, row.Values, row.Slots).CopyTo(features);
        return features;
    }

    /// <summary>A row as it came.</summary>
    private sealed record SampledRow(float[] Values, int[] Slots);
}
