namespace MnistML;

/// <summary>How a process takes part in a group over MPI.</summary>
public sealed record MpiOptions
{
    /// <summary>
    /// How long a process waits for the others in one call, above 0; 10 minutes by default. MPI itself waits for ever. A process that has
    /// waited longer writes why to standard error and ends itself, by which the launcher ends the others. It must be longer than any
    /// process may be late, for example because its data takes longer to read; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>
    /// waits for ever.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The library of MPI: <c>"openmpi"</c>, <c>"mpich"</c>, which is also Intel MPI, MVAPICH and Cray MPICH, <c>"abi"</c>, the standard
    /// binary interface of MPI 5, or the path of a library. Null, the default, takes the environment variable <c>MNISTML_MPI</c>, which has
    /// the same values, or what fits the launcher.
    /// </summary>
    public string? Library { get; init; }
}
