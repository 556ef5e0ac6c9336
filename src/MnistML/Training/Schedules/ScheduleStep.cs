namespace MnistML.Training.Schedules;

/// <summary>Where in a training an update is; all that a schedule may look at, so that one that goes on from a checkpoint needs no memory of its own.</summary>
/// <param name="Step">The update, zero-based.</param>
/// <param name="StepCount">Updates in the whole training.</param>
/// <param name="StepsPerEpoch">Updates in an epoch.</param>
/// <param name="Losses">The watched loss of each epoch that has ended.</param>
internal readonly record struct ScheduleStep(long Step, long StepCount, int StepsPerEpoch, IReadOnlyList<double> Losses);
