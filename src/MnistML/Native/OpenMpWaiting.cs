using System.Runtime.InteropServices;
using System.Text;

namespace MnistML.Native;

/// <summary>
/// How long libtorch's threads spin for each other before they sleep. The default, some milliseconds of GNU OpenMP and 200 of LLVM's and
/// Intel's, suits a machine that does nothing else. If another process needs a core too, threads spin for one that is not running, and
/// training took ten to forty times as long with GNU OpenMP. A thousand spins cost nothing measurable on an idle machine, and keep the
/// slow-down on a busy one close to the fraction of the processor that is left.
/// </summary>
internal static class OpenMpWaiting
{
    private const string WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>GNU OpenMP's, on Linux.</summary>
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string Spins = "1000";

    /// <summary>That of Intel's libiomp5 on Windows and of LLVM's libomp on macOS, in milliseconds.</summary>
    private const string BlockTime = "KMP_BLOCKTIME";
    private const string Milliseconds = "0";

    /// <summary>
    /// Sets the wait, unless the user has chosen. OpenMP reads it once, from the process's own environment, when libtorch is loaded. Except
    /// on Windows, .NET's <see cref="Environment"/> holds a copy of that environment, which does not change.
    /// </summary>
    public static void Shorten()
    {
        var (name, value) = OperatingSystem.IsLinux() ? (SpinCount, Spins) : (BlockTime, Milliseconds);
        if ((Environment.GetEnvironmentVariable(name) ?? Environment.GetEnvironmentVariable(WaitPolicy)) is not null)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        else
        {
            _ = SetVariable(Encoding.ASCII.GetBytes($"{name}\0"), Encoding.ASCII.GetBytes($"{value}\0"), overwrite: 0);
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetVariable(byte[] name, byte[] value, int overwrite);
}
