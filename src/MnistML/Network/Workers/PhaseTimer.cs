using System.Diagnostics;

namespace MnistML.Network.Workers;

/// <summary>The phases of a batch that <see cref="PhaseTimer"/> distinguishes.</summary>
internal enum Phase
{
    /// <summary>Loading the rows of the next batch.</summary>
    Gather,

    /// <summary>From the features to the loss.</summary>
    Forward,

    /// <summary>From the loss to the gradients.</summary>
    Backward,

    /// <summary>From the gradients to new weights.</summary>
    Update,
}

/// <summary>
/// Adds up the time that the threads spend in each phase. Only benchmarks create one; without it training measures nothing.
/// </summary>
internal sealed class PhaseTimer
{
    private readonly long[] _ticks = new long[Enum.GetValues<Phase>().Length];

    /// <summary>Wraps work so that it is timed, if there is a timer.</summary>
    public static Action<int> Timed(PhaseTimer? timer, Phase phase, Action<int> work) => timer is null ? work : worker =>
    {
        var start = Stopwatch.GetTimestamp();
        work(worker);
        Interlocked.Add(ref timer._ticks[(int)phase], Stopwatch.GetTimestamp() - start);
    };

    /// <summary>The seconds spent in a phase, summed over all threads.</summary>
    public double SecondsOf(Phase phase) => _ticks[(int)phase] / (double)Stopwatch.Frequency;
}
