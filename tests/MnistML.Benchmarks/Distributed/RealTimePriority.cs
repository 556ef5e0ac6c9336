using System.Runtime.InteropServices;

namespace MnistML.Benchmarks.Distributed;

/// <summary>
/// Runs a thread, and the processes that it starts, before all others (<c>SCHED_FIFO</c>), so that other work of the machine does not make
/// processes wait that wait for each other.
/// </summary>
internal static class RealTimePriority
{
    /// <summary>The priority of processes that compute.</summary>
    public const int Computing = 5;

    /// <summary>The priority of a thread that mostly sleeps, and must wake in time.</summary>
    public const int Waking = 10;

    private const int FirstInFirstOut = 1;

    /// <summary>Takes it for this thread, where the system allows that (Linux, as root).</summary>
    /// <returns>Whether it does.</returns>
    public static bool TryTake(int priority) => OperatingSystem.IsLinux() && Schedule(0, FirstInFirstOut, ref priority) == 0;

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Schedule(int thread, int policy, ref int priority);
}
