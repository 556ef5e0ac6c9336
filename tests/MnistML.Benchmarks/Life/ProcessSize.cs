using System.Diagnostics;

namespace MnistML.Benchmarks.Life;

/// <summary>What this process holds, without garbage.</summary>
/// <param name="AnonymousBytes">Physical memory that is not backed by a file, or 0 where the system does not report it.</param>
/// <param name="ManagedBytes">Objects of .NET.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Handles">Open files and the like, as the system counts them.</param>
internal sealed record ProcessSize(long AnonymousBytes, long ManagedBytes, int Threads, int Handles)
{
    private const long MaxAnonymousBytes = 16 << 20;
    private const long MaxManagedBytes = 2 << 20;

    /// <summary>.NET's pool adds and removes threads as it sees fit.</summary>
    private const int MaxThreads = 8;
    private const int MaxHandles = 8;

    public static ProcessSize Read()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        var managedBytes = GC.GetTotalMemory(forceFullCollection: true);
        return new ProcessSize(AnonymousMemory.Read() ?? 0, managedBytes, process.Threads.Count, process.HandleCount);
    }

    public bool HasGrownFrom(ProcessSize before) =>
        AnonymousBytes > before.AnonymousBytes + MaxAnonymousBytes
        || ManagedBytes > before.ManagedBytes + MaxManagedBytes
        || Threads > before.Threads + MaxThreads
        || Handles > before.Handles + MaxHandles;

    public override string ToString() => FormattableString.Invariant(
        $"{AnonymousBytes / 1e6:F1} MB anonymous, {ManagedBytes / 1e6:F1} MB managed, {Threads} threads, {Handles} handles");
}
