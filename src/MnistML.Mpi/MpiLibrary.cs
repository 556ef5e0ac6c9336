using System.Globalization;
using System.Runtime.InteropServices;

namespace MnistML.Mpi;

/// <summary>Finds the library of the MPI whose launcher started this process.</summary>
/// <param name="environment">Gives the value of an environment variable; null where it is not set.</param>
internal sealed class MpiLibrary(Func<string, string?> environment)
{
    /// <summary>Names a library, as <see cref="MpiOptions.Library"/> does.</summary>
    public const string Variable = "MNISTML_MPI";

    private const string OpenMpiName = "openmpi";
    private const string MpichName = "mpich";
    private const string StandardName = "abi";

    /// <summary>What only Open MPI exports, and by which a library of unknown name is known.</summary>
    private const string OpenMpiExport = "ompi_mpi_comm_world";

    private static readonly string[] OpenMpiFiles = ["libmpi.so.40", "libmpi.40.dylib"];
    private static readonly string[] MpichFiles = ["libmpi.so.12", "libmpich.so.12", "libmpi_intel.so.12", "libmpi.12.dylib", "impi.dll"];
    private static readonly string[] StandardFiles = ["libmpi_abi.so.0", "libmpi_abi.0.dylib", "mpi_abi.dll"];

    /// <summary>The kinds to try, and the files of each, in their order.</summary>
    public IReadOnlyList<(MpiKind Kind, string File)> Candidates(string? wanted)
    {
        wanted ??= environment(Variable);
        return wanted switch
        {
            null or "" => [.. Fitting().SelectMany(kind => FilesOf(kind).Select(file => (kind, file)))],
            OpenMpiName => [.. OpenMpiFiles.Select(file => (MpiKind.OpenMpi, file))],
            MpichName => [.. MpichFiles.Select(file => (MpiKind.Mpich, file))],
            StandardName => [.. StandardFiles.Select(file => (MpiKind.Standard, file))],
            _ => [(KindByName(wanted), wanted)],
        };
    }

    /// <summary>Loads the first library that is there.</summary>
    /// <exception cref="DllNotFoundException">None is; the message says what to install.</exception>
    public MpiFunctions Load(string? wanted)
    {
        foreach (var (kind, file) in Candidates(wanted))
        {
            if (NativeLibrary.TryLoad(file, out var library))
            {
                return Bind(library, kind, file);
            }
        }

        throw new DllNotFoundException(
            $"No library of MPI was found; looked for {string.Join(", ", Candidates(wanted).Select(candidate => candidate.File))}"
            + $"{(wanted ?? environment(Variable)) switch { null or "" => "", var name => $", since '{name}' is asked for" }}. "
            + $"Install Open MPI (openmpi-bin on Debian and Ubuntu) or MPICH (mpich), load your cluster's module for MPI, or name the "
            + $"library in {Variable}: {OpenMpiName}, {MpichName}, {StandardName} or a path.");
    }

    /// <summary>
    /// The number of processes that the launcher says it started; null where it says nothing. The variables of Slurm count only where no
    /// launcher of MPI has set its own, since Slurm may have started that launcher once on each machine.
    /// </summary>
    public (string Variable, int Count)? LaunchedCount() => FirstOf("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS");

    /// <summary>The rank that the launcher gave this process; null where it says nothing.</summary>
    public int? LaunchedRank() => FirstOf("OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")?.Number;

    private (string Variable, int Number)? FirstOf(params string[] variables)
    {
        foreach (var variable in variables)
        {
            if (int.TryParse(environment(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return (variable, number);
            }
        }

        return null;
    }

    private IEnumerable<MpiKind> Fitting()
    {
        if (environment("OMPI_COMM_WORLD_SIZE") is not null)
        {
            return [MpiKind.OpenMpi];
        }

        // Hydra, the launcher of MPICH and its relatives, and Slurm's own interface to them.
        return environment("PMI_SIZE") is not null || environment("PMI_RANK") is not null
            ? [MpiKind.Mpich, MpiKind.Standard]
            : [MpiKind.OpenMpi, MpiKind.Mpich, MpiKind.Standard];
    }

    private static string[] FilesOf(MpiKind kind) => kind switch
    {
        MpiKind.OpenMpi => OpenMpiFiles,
        MpiKind.Mpich => MpichFiles,
        _ => StandardFiles,
    };

    private static MpiKind KindByName(string path) => Path.GetFileName(path).Contains("abi", StringComparison.OrdinalIgnoreCase)
        ? MpiKind.Standard
        : MpiKind.Mpich;

    /// <summary>Of a library that is named by its path, the exports tell whether it is Open MPI.</summary>
    private static MpiFunctions Bind(nint library, MpiKind kind, string file)
    {
        try
        {
            var isOpenMpi = NativeLibrary.TryGetExport(library, OpenMpiExport, out _);
            return new MpiFunctions(library, isOpenMpi ? MpiKind.OpenMpi : kind);
        }
        catch (EntryPointNotFoundException error)
        {
            throw new DllNotFoundException($"'{file}' is not a library of MPI: {error.Message}", error);
        }
    }
}
