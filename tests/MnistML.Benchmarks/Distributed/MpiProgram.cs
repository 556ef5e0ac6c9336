using System.Diagnostics;
using System.Text.Json;

namespace MnistML.Benchmarks.Distributed;

/// <summary>Starts this program by a launcher of MPI, as several processes that train together.</summary>
internal static class MpiProgram
{
    /// <summary>What the launcher of Open MPI needs where root runs more processes than there are cores.</summary>
    private static readonly string[] OpenMpiOptions =
        ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--mca", "btl_vader_single_copy_mechanism", "none"];

    /// <summary>The launcher of Open MPI; null, after a line that says so, where there is none.</summary>
    public static string? FindLauncher(string whatFor)
    {
        foreach (var candidate in (string[])["mpirun.openmpi", "mpirun"])
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(candidate, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (output.Contains("Open MPI", StringComparison.Ordinal))
                {
                    return candidate;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // It is not there.
            }
        }

        Console.WriteLine($"{whatFor} is left out: there is no mpirun of Open MPI on this machine.");
        return null;
    }

    /// <summary>Runs processes of this machine to their end, and reads the figures that the first of them prints.</summary>
    public static T Run<T>(string launcher, int size, params string[] arguments) => Run<T>(launcher, [], size, [], arguments);

    /// <summary>How to start processes, and what they are to do.</summary>
    /// <param name="program">The launcher, or a program that runs it.</param>
    /// <param name="before">The arguments of that program, the launcher last; none for the launcher itself.</param>
    /// <param name="size">The number of processes.</param>
    /// <param name="launcherOptions">Options of the launcher beside those it always needs.</param>
    /// <param name="arguments">The arguments of this program.</param>
    public static ProcessStartInfo Describe(
        string program, string[] before, int size, string[] launcherOptions, params string[] arguments) => new(
        program,
        [
            .. before, .. OpenMpiOptions, .. launcherOptions, "-n", $"{size}", "dotnet", typeof(MpiProgram).Assembly.Location, .. arguments,
        ])
        {
            RedirectStandardOutput = true,
        };

    /// <summary>Runs processes to their end, and reads the figures that the first of them prints.</summary>
    /// <inheritdoc cref="Describe" path="/param"/>
    public static T Run<T>(string program, string[] before, int size, string[] launcherOptions, params string[] arguments)
    {
        using var process = Process.Start(Describe(program, before, size, launcherOptions, arguments))!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var figures = output.Split('\n').FirstOrDefault(line => line.Contains('{', StringComparison.Ordinal));
        return process.ExitCode == 0 && figures is not null
            ? JsonSerializer.Deserialize<T>(figures[figures.IndexOf('{', StringComparison.Ordinal)..])!
            : throw new InvalidOperationException(
                $"'{string.Join(' ', arguments)}' on {size} processes ended with exit code {process.ExitCode}. {output}");
    }
}
