namespace MnistML.Benchmarks.Speed;

/// <summary>What one process came to.</summary>
/// <param name="WholeSeconds">From its start to its end.</param>
/// <param name="EpochSeconds">The median of its epochs.</param>
/// <param name="Accuracy">On the test set, from 0 to 1.</param>
/// <param name="PeakMebibytes">The most physical memory that it used, as it says itself.</param>
internal sealed record MeasuredRun(double WholeSeconds, double EpochSeconds, double Accuracy, double PeakMebibytes);
