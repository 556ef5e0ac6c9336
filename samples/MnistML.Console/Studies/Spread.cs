namespace MnistML.Samples.Studies;

/// <summary>A mean over seeds, and the standard deviation about it; none for a single seed.</summary>
internal readonly record struct Spread(double Mean, double? Deviation)
{
    public static Spread Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return new Spread(
            mean, values.Count > 1 ? Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)) : null);
    }

    /// <summary>Whether two means are farther apart than both spreads together reach; null where there is no spread.</summary>
    public bool? Exceeds(Spread other) => Deviation + other.Deviation is { } reach ? Math.Abs(Mean - other.Mean) > reach : null;

    public override string ToString() =>
        double.IsNaN(Mean) ? "diverged" : Deviation is null ? $"{Mean:F4}" : $"{Mean:F4} ± {Deviation:F4}";
}
