using System.Runtime.InteropServices;
using MnistML.Native;

namespace MnistML.Tests.Native;

[Platform("Linux")]
internal sealed class OpenMpWaitingTests
{
    [Test]
    public void Shorten_OnLinux_SetsTheVariableThatOpenMpReads()
    {
        Assume.That(Environment.GetEnvironmentVariable("GOMP_SPINCOUNT"), Is.Null);
        Assume.That(Environment.GetEnvironmentVariable("OMP_WAIT_POLICY"), Is.Null);

        LibTorch.EnsureLoaded();

        Assert.That(Marshal.PtrToStringUTF8(GetVariable("GOMP_SPINCOUNT\0"u8.ToArray())), Is.EqualTo("1000"));
        Assert.That(Environment.GetEnvironmentVariable("GOMP_SPINCOUNT"), Is.Null, "child processes are not to inherit it");
    }

    [DllImport("libc", EntryPoint = "getenv")]
    private static extern nint GetVariable(byte[] name);
}
