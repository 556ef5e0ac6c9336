using MnistML.Common;

namespace MnistML.Training.Schedules;

/// <summary>See <see cref="MlpSchedule.StepDecay"/>.</summary>
internal sealed record StepDecaySchedule : MlpSchedule
{
    [AtLeast(1)]
    public required int EveryEpochs { get; init; }

    [Above(0), AtMost(1)]
    public required double Factor { get; init; }

    public override string ToString() => FormattableString.Invariant($"times {Factor} every {EveryEpochs} epochs");

    private protected override double ComputeFactor(ScheduleStep step) => Math.Pow(Factor, step.Step / step.StepsPerEpoch / EveryEpochs);
}
