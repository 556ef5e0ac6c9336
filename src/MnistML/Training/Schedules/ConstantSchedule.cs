namespace MnistML.Training.Schedules;

/// <summary>See <see cref="MlpSchedule.Constant"/>.</summary>
internal sealed record ConstantSchedule : MlpSchedule
{
    public override string ToString() => "constant";

    private protected override double ComputeFactor(ScheduleStep step) => 1;
}
