using MnistML.Common;

namespace MnistML.Training.Schedules;

/// <summary>See <see cref="MlpSchedule.DoublingCycles"/>.</summary>
internal sealed record DoublingCyclesSchedule : MlpSchedule
{
    [AtLeast(1)]
    public required int FirstEpochs { get; init; }

    [AtLeast(1), AtMost(16)]
    public required int Cycles { get; init; }

    [AtLeast(1)]
    public required int MaxUpdates { get; init; }

    /// <summary>With fewer updates, a first cycle has no time to rise and to fall.</summary>
    private const int MinUpdatesOfCycle = 20;

    /// <summary>A cycle that lowers the loss by so much earns the training more updates.</summary>
    private const double GreatImprovement = 0.1;

    /// <summary>After so many cycles only a great improvement earns another one.</summary>
    private const int UsualCycles = 4;

    /// <summary>After a cycle that lowers the loss by less, another one of twice the length is not worth its time.</summary>
    private const double LeastImprovement = 0.01;

    private OneCycleSchedule OfCycle { get; } = (OneCycleSchedule)OneCycle();

    public override string ToString() =>
        FormattableString.Invariant($"up to {Cycles} cycles of {FirstEpochs} epochs and twice as many each, {MaxUpdates} updates");

    internal override bool DependsOnLength() => true;

    internal override int? CountEpochs(int stepsPerEpoch, IReadOnlyList<double?> lossesOfEpochs)
    {
        var (end, best) = (EpochsOfFirst(stepsPerEpoch), double.PositiveInfinity);
        for (var cycle = 1; cycle < Cycles && end <= lossesOfEpochs.Count; cycle++)
        {
            var loss = lossesOfEpochs[end - 1];
            var next = end + (EpochsOfFirst(stepsPerEpoch) << cycle);
            var isGreat = cycle > 1 && loss < best * (1 - GreatImprovement);
            var isEarned = isGreat || (cycle < UsualCycles && !(loss > best * (1 - LeastImprovement)));
            var limit = (long)MaxUpdates * (!isGreat ? 1 : cycle < UsualCycles ? 2 : 4);
            if (!isEarned || (long)next * stepsPerEpoch > limit)
            {
                break;
            }

            best = loss ?? best;
            end = next;
        }

        return end;
    }

    internal override bool EndsCycle(int epoch, int stepsPerEpoch) => BoundsAt(epoch, stepsPerEpoch).End == epoch;

    internal override int CycleOf(int epoch, int stepsPerEpoch) => BoundsAt(epoch, stepsPerEpoch).Cycle;

    private protected override double ComputeFactor(ScheduleStep step)
    {
        var (start, end, _) = BoundsAt((int)(step.Step / step.StepsPerEpoch) + 1, step.StepsPerEpoch);
        return OfCycle.FactorAt(step with
        {
            Step = step.Step - ((long)start * step.StepsPerEpoch),
            StepCount = (long)(end - start) * step.StepsPerEpoch,
        });
    }

    /// <summary>The last epoch before the cycle of an epoch, the cycle's own last, and its number.</summary>
    private (int Start, int End, int Cycle) BoundsAt(int epoch, int stepsPerEpoch)
    {
        var length = EpochsOfFirst(stepsPerEpoch);
        var (start, cycle) = (0, 1);
        while (epoch > start + length)
        {
            start += length;
            length *= 2;
            cycle++;
        }

        return (start, start + length, cycle);
    }

    /// <summary>More epochs for very few rows, so that a cycle has enough updates; fewer for very many.</summary>
    private int EpochsOfFirst(int stepsPerEpoch) => Math.Max(
        Math.Min(FirstEpochs, Math.Max(MaxUpdates / stepsPerEpoch, 1)),
        (MinUpdatesOfCycle + stepsPerEpoch - 1) / stepsPerEpoch);
}
