namespace MnistML.Training.Schedules;

/// <summary>
/// The position of an update in a training. A schedule sees nothing else, so it needs no state in a checkpoint.
/// </summary>
/// <param name="Step">The update, zero-based.</param>
/// <param name="StepCount">Updates in the whole training.</param>
/// <param name="StepsPerEpoch">Updates in an epoch.</param>
/// <param name="Losses">The watched loss of each epoch that has ended.</param>
internal readonly record struct ScheduleStep(long Step, long StepCount, int StepsPerEpoch, IReadOnlyList<double> Losses);
