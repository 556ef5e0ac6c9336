using System.Runtime.InteropServices;
using System.Text;

namespace MnistML.Native;

/// <summary>
/// How long libtorch's threads wait for each other by spinning before they sleep. GNU OpenMP's default, some milliseconds, suits a machine
/// that does nothing else; where another process wants a core too, threads spin for one that has none, and training was seen to
/// take ten to forty times as long. A thousand turns cost an idle machine nothing that could be measured, and keep the
/// slow-down on a busy one near the share of the processor that is left.
/// </summary>
internal static class OpenMpWaiting
{
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string WaitPolicy = "OMP_WAIT_POLICY";
    private const string Turns = "1000";

    /// <summary>
    /// Sets the number of turns, unless the user has a say in it. GNU OpenMP reads it once, from the process's own environment, when
    /// libtorch is loaded; .NET's <see cref="Environment"/> holds a copy of that, which is left alone.
    /// </summary>
    public static void Shorten()
    {
        var chosenByUser = Environment.GetEnvironmentVariable(SpinCount) ?? Environment.GetEnvironmentVariable(WaitPolicy);
        if (OperatingSystem.IsLinux() && chosenByUser is null)
        {
            _ = SetVariable(Encoding.ASCII.GetBytes($"{SpinCount}\0"), Encoding.ASCII.GetBytes($"{Turns}\0"), overwrite: 0);
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetVariable(byte[] name, byte[] value, int overwrite);
}
