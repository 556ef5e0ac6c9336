using System.Globalization;

namespace MnistML.Benchmarks.Speed;

/// <summary>All runs of one program.</summary>
internal sealed record PeerFigures(string Name, IReadOnlyList<MeasuredRun> Runs)
{
    public double MedianEpochSeconds => Statistics.Median(Runs.Select(run => run.EpochSeconds));

    public double LeastEpochSeconds => Runs.Min(run => run.EpochSeconds);

    public double MedianWholeSeconds => Statistics.Median(Runs.Select(run => run.WholeSeconds));

    public double LeastWholeSeconds => Runs.Min(run => run.WholeSeconds);

    public double MedianPeakMebibytes => Statistics.Median(Runs.Select(run => run.PeakMebibytes));

    public double LeastAccuracy => Runs.Min(run => run.Accuracy);

    public double MeanAccuracy => Runs.Average(run => run.Accuracy);

    public string ToRow() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name,-30} {MedianEpochSeconds,7:F3} {LeastEpochSeconds,7:F3} {MedianWholeSeconds,8:F2} {LeastWholeSeconds,8:F2} "
        + $"{MedianPeakMebibytes,7:F0} {LeastAccuracy,8:F4}");
}
