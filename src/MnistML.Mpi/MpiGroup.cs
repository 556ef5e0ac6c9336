using System.Diagnostics;
using MnistML.Mpi;

namespace MnistML;

/// <summary>
/// The processes that a launcher of MPI started, as a group for <see cref="MlpTrainingOptions.Group"/>. MPI is called on the thread that
/// joined, and on no other: call <c>Fit</c> on it too, without an <c>await</c> in between.
/// </summary>
public sealed class MpiGroup : IMlpGroup, IDisposable
{
    /// <summary>MPI counts in 32 bits; larger sums are made in parts.</summary>
    private const int MaxCount = 1 << 28;

    private static int _joined;

    private readonly MpiFunctions _mpi;
    private readonly MpiWatchdog _watchdog;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _isDisposed;

    private MpiGroup(MpiFunctions mpi, MpiOptions options)
    {
        _mpi = mpi;
        (Rank, Size) = (mpi.Rank(), mpi.Size());
        _watchdog = new MpiWatchdog(options.Timeout, Name);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>
    /// The rank that the launcher gave this process, before it joins: for example so that only one of them writes to the screen; null
    /// without a launcher.
    /// </summary>
    public static int? LaunchedRank => new MpiLibrary(Environment.GetEnvironmentVariable).LaunchedRank();

    private string Name => $"Rank {Rank} of {Size} on {Environment.MachineName}";

    /// <summary>
    /// Joins the processes that the launcher started; once in a process. Without a launcher the group is this process alone.
    /// </summary>
    /// <param name="options">The library, and how long to wait for others; null for the defaults.</param>
    /// <returns>The group. Disposing it waits for all processes (<c>MPI_Finalize</c>).</returns>
    /// <exception cref="ArgumentException">Options are not valid.</exception>
    /// <exception cref="DllNotFoundException">There is no library of MPI; the message says what to install.</exception>
    /// <exception cref="InvalidOperationException">
    /// The launcher and the library belong to different MPIs, so that each process would train alone; or this process joined before.
    /// </exception>
    public static MpiGroup Join(MpiOptions? options = null)
    {
        options ??= new MpiOptions();
        if (options.Timeout <= TimeSpan.Zero && options.Timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException(
                $"{nameof(MpiOptions.Timeout)} is {options.Timeout}, but must be above 0, or Timeout.InfiniteTimeSpan.", nameof(options));
        }

        if (options.Library is { Length: 0 })
        {
            throw new ArgumentException($"{nameof(MpiOptions.Library)} is empty, but must name a library, or be null.", nameof(options));
        }

        if (Interlocked.Exchange(ref _joined, 1) != 0)
        {
            throw new InvalidOperationException("This process has joined its group already, and MPI can be begun only once in a process.");
        }

        var library = new MpiLibrary(Environment.GetEnvironmentVariable);
        var mpi = library.Load(options.Library);
        mpi.Init();
        var group = new MpiGroup(mpi, options);
        if (library.LaunchedCount() is { } launched && launched.Count != group.Size)
        {
            throw new InvalidOperationException(
                $"The launcher started {launched.Count} processes ({launched.Variable}), but MPI sees {group.Size}: the launcher and the "
                + $"library belong to different MPIs, and each process would train alone. Start it by the launcher of the same MPI, or "
                + $"name its library in {MpiLibrary.Variable} (openmpi, mpich, abi or a path); under Slurm choose its interface, "
                + "for example srun --mpi=pmix.");
        }

        return group;
    }

    /// <summary>
    /// Joins, does work, and leaves. An exception in one process ends all: its rank, machine and message are written to standard error. One
    /// that all throw (<see cref="IMlpGroup.ThrownByAll"/>) is thrown in each, after it has left.
    /// </summary>
    /// <param name="work">What each process does, on the thread that joined.</param>
    /// <param name="options">As for <see cref="Join"/>.</param>
    /// <inheritdoc cref="Join" path="/exception"/>
    public static void Run(Action<MpiGroup> work, MpiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var group = Join(options);
        try
        {
            work(group);
        }
        catch (Exception exception) when (group.Size > 1 && !exception.Data.Contains(IMlpGroup.ThrownByAll))
        {
            group.Abort($"{exception.GetType().Name}: {exception.Message}");
            throw;
        }
    }

    /// <inheritdoc/>
    public void Sum(Span<float> values) => CallInParts("a sum", values, _mpi.SumSingles);

    /// <inheritdoc/>
    public void Sum(Span<double> values) => CallInParts("a sum", values, _mpi.SumDoubles);

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values) => CallInParts("a broadcast", values, _mpi.Broadcast);

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        var message = $"{Name} ends the job. {reason}";
        if (Environment.CurrentManagedThreadId != _thread)
        {
            End(message);
        }

        Write(message);
        _mpi.Abort();
        End("");
    }

    /// <summary>Leaves the group, when all processes do (<c>MPI_Finalize</c>).</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Begin("leaving the group");
        _mpi.Finish();
        _watchdog.End();
        _watchdog.Dispose();
    }

    /// <summary>
    /// Ends this process at once, by which its launcher ends the others. An orderly end would run the libraries' own, which may wait too.
    /// </summary>
    internal static void End(string message)
    {
        Write(message);
        using var process = Process.GetCurrentProcess();
        process.Kill();
    }

    private static void Write(string message)
    {
        if (message.Length > 0)
        {
            Console.Error.WriteLine(message);
            Console.Error.Flush();
        }
    }

    /// <summary>Calls MPI with values, as many at a time as it counts.</summary>
    /// <param name="name">What is called, for messages.</param>
    /// <param name="values">The values.</param>
    /// <param name="call">Takes the address of the first value, and the number of values.</param>
    private unsafe void CallInParts<T>(string name, Span<T> values, Action<nint, int> call)
        where T : unmanaged
    {
        Begin(name);
        try
        {
            fixed (T* first = values)
            {
                for (var start = 0; start < values.Length; start += MaxCount)
                {
                    call((nint)(first + start), Math.Min(MaxCount, values.Length - start));
                }
            }
        }
        finally
        {
            _watchdog.End();
        }
    }

    /// <summary>Only the thread that joined may call MPI (<c>MPI_THREAD_FUNNELED</c>).</summary>
    private void Begin(string call)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException(
                "The group was joined on another thread, and MPI may be called on that one only. Call Join and Fit on the same thread, "
                + "without an await between them.");
        }

        _watchdog.Begin(call);
    }
}
