using MnistML.Common;

namespace MnistML.Training.Schedules;

/// <summary>See <see cref="MlpSchedule.Cosine"/>.</summary>
internal sealed record CosineSchedule : MlpSchedule
{
    [AtLeast(0), AtMost(1)]
    public required double MinimumFactor { get; init; }

    public override string ToString() => "cosine";

    internal override bool DependsOnLength() => true;

    private protected override double ComputeFactor(ScheduleStep step) =>
        AnnealCosine(1, MinimumFactor, (double)step.Step / step.StepCount);

    /// <summary>Half a cosine from one factor to another.</summary>
    /// <param name="from">The factor at the start.</param>
    /// <param name="to">The factor at the end.</param>
    /// <param name="share">The position between both, from 0 to 1.</param>
    internal static double AnnealCosine(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * share)) / 2);
}
