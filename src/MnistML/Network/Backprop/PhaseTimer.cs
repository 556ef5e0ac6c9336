using System.Diagnostics;

namespace MnistML.Network.Backprop;

/// <summary>What a thread does for a batch, as <see cref="PhaseTimer"/> tells it apart.</summary>
internal enum Phase
{
    /// <summary>Bringing the next batch's rows in.</summary>
    Gather,

    /// <summary>From the features to the loss.</summary>
    Forward,

    /// <summary>From the loss to the gradients.</summary>
    Backward,

    /// <summary>From the gradients to new weights.</summary>
    Update,
}

/// <summary>Adds up for how long the threads of a training are at what. Made by benchmarks alone; a training has none and spends nothing on it.</summary>
internal sealed class PhaseTimer
{
    private readonly long[] _ticks = new long[Enum.GetValues<Phase>().Length];

    /// <summary>The work, timed if there is a timer.</summary>
    public static Action<int> Timed(PhaseTimer? timer, Phase phase, Action<int> work) => timer is null ? work : worker =>
    {
        var start = Stopwatch.GetTimestamp();
        work(worker);
        Interlocked.Add(ref timer._ticks[(int)phase], Stopwatch.GetTimestamp() - start);
    };

    /// <summary>The seconds of all threads together.</summary>
    public double SecondsOf(Phase phase) => _ticks[(int)phase] / (double)Stopwatch.Frequency;
}
