using MnistML.Common;

namespace MnistML.Training.Sampling;

/// <summary>
/// A random sample of the training rows, all of them where they are few, drawn in one pass by Vitter's algorithm R (1985). Quantiles of the
/// sample stand for those of all rows.
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
    private readonly List<float[]> _rows = [];
    private SplitMix64 _random = new(seed);
    private long _seen;

    public int FeatureCount => featureCount;

    public IReadOnlyList<float[]> Rows => _rows;

    public void Add(ReadOnlySpan<float> features)
    {
        _seen++;
        if (_rows.Count < _capacity)
        {
            _rows.Add(features.ToArray());
            return;
        }

        var place = _random.NextDouble() * _seen;
        if (place < _capacity)
        {
            features.CopyTo(_rows[(int)place]);
        }
    }

    /// <summary>The values of a feature, in ascending order.</summary>
    public float[] Sorted(int feature)
    {
        float[] values = [.. _rows.Select(row => row[feature])];
        Array.Sort(values);
        return values;
    }
}
