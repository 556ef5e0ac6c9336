using MnistML.Common;

namespace MnistML.Training.Schedules;

/// <summary>See <see cref="MlpSchedule.OneCycle"/>.</summary>
internal sealed record OneCycleSchedule : MlpSchedule
{
    [Above(0), Below(1)]
    public required double RiseShare { get; init; }

    [AtLeast(1)]
    public required double StartDivisor { get; init; }

    [AtLeast(1)]
    public required double EndDivisor { get; init; }

    public override string ToString() => "one cycle";

    internal override bool DependsOnLength() => true;

    private protected override double ComputeFactor(ScheduleStep step)
    {
        // PyTorch's two phases: the first ends at its own last update, the second at the last update of all.
        var peak = (RiseShare * step.StepCount) - 1;
        var last = step.StepCount - 1;
        var start = 1 / StartDivisor;
        return step.Step <= peak && peak > 0
            ? CosineSchedule.AnnealCosine(start, 1, step.Step / peak)
            : CosineSchedule.AnnealCosine(1, start / EndDivisor, (step.Step - peak) / (last - peak));
    }
}
