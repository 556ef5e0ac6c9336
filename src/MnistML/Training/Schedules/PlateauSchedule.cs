using MnistML.Common;

namespace MnistML.Training.Schedules;

/// <summary>See <see cref="MlpSchedule.ReduceOnPlateau"/>.</summary>
internal sealed record PlateauSchedule : MlpSchedule
{
    [Above(0), Below(1)]
    public required double Factor { get; init; }

    [AtLeast(0)]
    public required int Patience { get; init; }

    [AtLeast(0), Below(1)]
    public required double MinimumImprovement { get; init; }

    [AtLeast(0), AtMost(1)]
    public required double MinimumFactor { get; init; }

    public override string ToString() => FormattableString.Invariant($"times {Factor} after {Patience} epochs without progress");

    private protected override double ComputeFactor(ScheduleStep step)
    {
        var (factor, best, epochsWithout) = (1.0, double.PositiveInfinity, 0);
        foreach (var loss in step.Losses)
        {
            epochsWithout = loss < best * (1 - MinimumImprovement) ? 0 : epochsWithout + 1;
            best = epochsWithout == 0 ? loss : best;
            if (epochsWithout > Patience)
            {
                (factor, epochsWithout) = (Math.Max(factor * Factor, MinimumFactor), 0);
            }
        }

        return factor;
    }
}
