using MnistML.Common;
using MnistML.Training.Schedules;

namespace MnistML;

/// <summary>
/// How the learning rate changes in the course of a training. A schedule gives a factor for each update; the optimiser's learning rate is
/// multiplied by it.
/// </summary>
public abstract record MlpSchedule
{
    private protected MlpSchedule()
    {
    }

    /// <summary>The optimiser's learning rate throughout.</summary>
    public static MlpSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>
    /// Epochs, 0 or more, over which the factor first rises in a straight line, from 1/n at the first of its n updates to 1 at the last; 0
    /// by default. The schedule itself begins after them.
    /// </summary>
    [AtLeast(0)]
    public double WarmUpEpochs { get; init; }

    /// <summary>Multiplies the learning rate by a factor every so many epochs, as PyTorch's <c>StepLR</c> does.</summary>
    /// <param name="everyEpochs">Epochs between two changes, at least 1.</param>
    /// <param name="factor">Above 0, at most 1; 0.1 by default.</param>
    public static MlpSchedule StepDecay(int everyEpochs, double factor = 0.1) =>
        new StepDecaySchedule { EveryEpochs = everyEpochs, Factor = factor };

    /// <summary>
    /// Half a cosine from 1 at the first update down to a minimum after the last: <c>minimum + (1 - minimum)·(1 + cos(π·step/steps)) /
    /// 2</c> (Loshchilov and Hutter, 2016, without restarts), as PyTorch's <c>CosineAnnealingLR</c> does for each update.
    /// </summary>
    /// <param name="minimumFactor">The factor in the end, from 0 to 1; 0 by default.</param>
    public static MlpSchedule Cosine(double minimumFactor = 0) => new CosineSchedule { MinimumFactor = minimumFactor };

    /// <summary>
    /// One cycle (Smith and Topin, 2017): half a cosine up from <c>1/startDivisor</c> to 1, then half a cosine down to
    /// <c>1/(startDivisor·endDivisor)</c> at the last update, as PyTorch's <c>OneCycleLR</c> does for the learning rate; momentum stays as
    /// it is.
    /// </summary>
    /// <param name="riseShare">The fraction of all updates in which the rate rises, above 0 and below 1; 0.3 by default.</param>
    /// <param name="startDivisor">At least 1; 25 by default.</param>
    /// <param name="endDivisor">At least 1; 10000 by default.</param>
    public static MlpSchedule OneCycle(double riseShare = 0.3, double startDivisor = 25, double endDivisor = 10_000) =>
        new OneCycleSchedule { RiseShare = riseShare, StartDivisor = startDivisor, EndDivisor = endDivisor };

    /// <summary>
    /// Multiplies the learning rate by a factor once the loss has not fallen for more than some epochs, as PyTorch's
    /// <c>ReduceLROnPlateau</c> does: the validation loss if there is validation data, else the training loss.
    /// </summary>
    /// <param name="factor">Above 0, below 1; 0.1 by default.</param>
    /// <param name="patience">Epochs without improvement that are tolerated, 0 or more; 10 by default.</param>
    /// <param name="minimumImprovement">The fraction by which a loss must be below the best one to count, from 0 up to, not including, 1;
    /// 0.0001 by default.</param>
    /// <param name="minimumFactor">The factor never falls below it; from 0 to 1, 0 by default.</param>
    public static MlpSchedule ReduceOnPlateau(
        double factor = 0.1, int patience = 10, double minimumImprovement = 1e-4, double minimumFactor = 0) =>
        new PlateauSchedule
        {
            Factor = factor,
            Patience = patience,
            MinimumImprovement = minimumImprovement,
            MinimumFactor = minimumFactor,
        };

    /// <summary>
    /// Cycles of <see cref="OneCycle"/>, each of twice as many epochs as the one before, while weights and the optimiser's state go on
    /// (warm restarts of Loshchilov and Hutter, 2016). The training ends with the first cycle whose loss on rows that were left out is not
    /// lower than before by a hundredth (<see cref="MlpTrainingOptions.OutOfFold"/>, else validation data), or where another cycle would go
    /// beyond a number of updates, and the best cycle's weights are kept. Without such rows it goes on to that number, for up to four
    /// cycles. So noisy tables stop early, and clean ones learn on. It chooses the number of epochs, so
    /// <see cref="MlpTrainingOptions.MaxEpochs"/> is an upper limit, which ends a cycle where it falls.
    /// </summary>
    /// <param name="firstEpochs">
    /// Epochs of the first cycle, at least 1; 4 by default: 4, 8, 16, 32, 64. It has more where they would be fewer than 20 updates, and
    /// fewer, but at least 1, where they would go beyond <paramref name="maxUpdates"/>.
    /// </param>
    /// <param name="cycles">
    /// The most cycles, from 1 to 16; 5 by default. A fifth takes as long as the four together, so it and those after it begin only
    /// after a cycle that lowered the loss by more than a tenth.
    /// </param>
    /// <param name="maxUpdates">
    /// The most updates of all cycles together, at least 1; 2400 by default. After a cycle that lowered the loss by more than a tenth it is
    /// twice as many from the second cycle on, and four times from the fourth on.
    /// </param>
    public static MlpSchedule DoublingCycles(int firstEpochs = 4, int cycles = 5, int maxUpdates = 2400) =>
        new DoublingCyclesSchedule { FirstEpochs = firstEpochs, Cycles = cycles, MaxUpdates = maxUpdates };

    /// <summary>
    /// The number of epochs where the schedule chooses it; null where it does not.
    /// </summary>
    /// <param name="stepsPerEpoch">Updates in an epoch.</param>
    /// <param name="lossesOfEpochs">
    /// The loss that selects weights, for each epoch that has ended; null where there is none.
    /// </param>
    internal virtual int? CountEpochs(int stepsPerEpoch, IReadOnlyList<double?> lossesOfEpochs) => null;

    /// <summary>Whether weights after an epoch, counted from 1, are worth keeping: whether the rate has come down.</summary>
    internal virtual bool EndsCycle(int epoch, int stepsPerEpoch) => true;

    /// <summary>The number of the cycle that an epoch is in, both counted from 1; 1 where there are no cycles.</summary>
    internal virtual int CycleOf(int epoch, int stepsPerEpoch) => 1;

    /// <summary>
    /// Whether factors depend on the number of updates in the whole training, so that a longer training differs from its start.
    /// </summary>
    internal virtual bool DependsOnLength() => false;

    /// <summary>The factor on the learning rate for an update.</summary>
    internal double FactorAt(ScheduleStep step)
    {
        var warmUpSteps = (long)Math.Ceiling(WarmUpEpochs * step.StepsPerEpoch);
        return step.Step < warmUpSteps
            ? (step.Step + 1.0) / warmUpSteps
            : ComputeFactor(step with { Step = step.Step - warmUpSteps, StepCount = Math.Max(step.StepCount - warmUpSteps, 1) });
    }

    private protected abstract double ComputeFactor(ScheduleStep step);
}
