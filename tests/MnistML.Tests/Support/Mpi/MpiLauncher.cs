using System.Diagnostics;
using System.Globalization;

namespace MnistML.Tests.Support;

/// <summary>A program that starts the processes of a group.</summary>
/// <param name="Name">Open MPI or MPICH.</param>
/// <param name="Command">The program, and what it always needs; null where it is not on this machine.</param>
internal sealed record MpiLauncher(string Name, string[]? Command)
{
    private const string OpenMpiName = "Open MPI";

    public static MpiLauncher OpenMpi { get; } = new(
        OpenMpiName,
        Find("mpirun.openmpi", OpenMpiName) is { } program
            ? [program, "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "btl_vader_single_copy_mechanism", "none"]
            : null);

    public static MpiLauncher Mpich { get; } = new("MPICH", Find("mpirun.mpich", "HYDRA") is { } program ? [program] : null);

    public override string ToString() => Name;

    /// <summary>The command that starts processes of MnistML.MpiHost.</summary>
    /// <inheritdoc cref="CommandOf(string, int, string[], string[])" path="/param"/>
    public string[] CommandOf(int size, string[] arguments, params string[] launcherOptions) =>
        CommandOf("MnistML.MpiHost", size, arguments, launcherOptions);

    /// <summary>The command that starts processes.</summary>
    /// <param name="program">The program's project.</param>
    /// <param name="size">How many.</param>
    /// <param name="arguments">What each is asked to do.</param>
    /// <param name="launcherOptions">Options of the launcher.</param>
    public string[] CommandOf(string program, int size, string[] arguments, params string[] launcherOptions)
    {
        if (Command is null)
        {
            Assert.Ignore($"There is no launcher of {Name} on this machine.");
        }

        return
        [
            .. Command!, .. launcherOptions, "-n", size.ToString(CultureInfo.InvariantCulture), "dotnet", Host.PathOf(program),
            .. arguments,
        ];
    }

    /// <summary>Runs processes to their end.</summary>
    public MpiJob Run(int size, params string[] arguments) =>
        MpiJob.Start(folder => CommandOf(size, [.. arguments, $"out={folder}"])).WaitForEnd();

    private static string? Find(string name, string mark)
    {
        foreach (var candidate in (string[])[name, "mpirun", "mpiexec"])
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(candidate, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (output.Contains(mark, StringComparison.Ordinal))
                {
                    return candidate;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // It is not there.
            }
        }

        return null;
    }
}
