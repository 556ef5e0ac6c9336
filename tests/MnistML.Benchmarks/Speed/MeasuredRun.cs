namespace MnistML.Benchmarks.Speed;

/// <summary>The figures of one process.</summary>
/// <param name="WholeSeconds">From its start to its end.</param>
/// <param name="EpochSeconds">The median of its epochs.</param>
/// <param name="Accuracy">On the test set, from 0 to 1.</param>
/// <param name="PeakMebibytes">The peak of its physical memory, as it reports it.</param>
internal sealed record MeasuredRun(double WholeSeconds, double EpochSeconds, double Accuracy, double PeakMebibytes);
