namespace MnistML.Samples.Plots;

/// <summary>A line of a plot, in a band where its points have spreads.</summary>
/// <param name="Name">What the legend says of it.</param>
/// <param name="Points">Its points, by rising <see cref="PlotPoint.X"/>.</param>
internal sealed record PlotLine(string Name, IReadOnlyList<PlotPoint> Points);

/// <summary>A point of a line.</summary>
/// <param name="X">Where it is on the horizontal axis, for example an epoch.</param>
/// <param name="Y">Its value, for example the mean over seeds.</param>
/// <param name="Spread">How far the band goes above and below it, for example one standard deviation; 0 for no band.</param>
internal readonly record struct PlotPoint(double X, double Y, double Spread = 0);
