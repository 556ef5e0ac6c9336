using System.Runtime.InteropServices;
using System.Text;

namespace MnistML.Native;

/// <summary>
/// How long libtorch's threads spin for each other before they sleep. GNU OpenMP's default, some milliseconds, suits a machine that does
/// nothing else. If another process needs a core too, threads spin for one that is not running, and training took ten to forty times as
/// long. A thousand spins cost nothing measurable on an idle machine, and keep the slow-down on a busy one close to the fraction of the
/// processor that is left.
/// </summary>
internal static class OpenMpWaiting
{
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string WaitPolicy = "OMP_WAIT_POLICY";
    private const string Spins = "1000";

    /// <summary>
    /// Sets the number of spins, unless the user has chosen. GNU OpenMP reads it once, from the process's own environment, when libtorch is
    /// loaded; .NET's <see cref="Environment"/> holds a copy of that environment, which does not change.
    /// </summary>
    public static void Shorten()
    {
        var chosenByUser = Environment.GetEnvironmentVariable(SpinCount) ?? Environment.GetEnvironmentVariable(WaitPolicy);
        if (OperatingSystem.IsLinux() && chosenByUser is null)
        {
            _ = SetVariable(Encoding.ASCII.GetBytes($"{SpinCount}\0"), Encoding.ASCII.GetBytes($"{Spins}\0"), overwrite: 0);
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetVariable(byte[] name, byte[] value, int overwrite);
}
