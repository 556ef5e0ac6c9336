using System.Runtime.InteropServices;

namespace MnistML.Native;

/// <summary>
/// Room for the tile registers (AMX) on the stack on which Linux runs a thread's signal handlers. .NET turns the signal of a null
/// reference into its exception there, and reserves 16 KiB. Once a thread has used tile registers, as libtorch does for bfloat16 products,
/// Linux saves them there too, which takes 11 KiB: the handler overflows, and the process ends in place of an exception.
/// </summary>
internal static unsafe class SignalStack
{
    /// <summary>What .NET reserves and the saved registers, several times over.</summary>
    private const int EnoughBytes = 1 << 16;

    private const int ReadAndWrite = 3;
    private const int PrivateAndAnonymous = 0x22;

    [ThreadStatic]
    private static bool _isEnough;

    /// <summary>
    /// Gives this thread a larger one, where the processor has tile registers. .NET releases it when the thread ends; the smaller one
    /// stays allocated, once for each thread that trains.
    /// </summary>
    public static void Ensure()
    {
        if (_isEnough || !OperatingSystem.IsLinux() || !ProcessorAbilities.HasTileRegisters)
        {
            return;
        }

        _isEnough = true;
        if (CurrentBytes >= EnoughBytes)
        {
            return;
        }

        // Mapped, not allocated: .NET unmaps it.
        var memory = MapMemory(0, EnoughBytes, ReadAndWrite, PrivateAndAnonymous, -1, 0);
        if (memory != -1)
        {
            var stack = new Description { Start = memory, ByteCount = EnoughBytes };
            _ = Exchange(&stack, null);
        }
    }

    /// <summary>The size of this thread's; 0 if it has none.</summary>
    internal static long CurrentBytes
    {
        get
        {
            Description stack;
            return Exchange(null, &stack) == 0 ? (long)stack.ByteCount : 0;
        }
    }

    [DllImport("libc", EntryPoint = "sigaltstack")]
    private static extern int Exchange(Description* wanted, Description* found);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint MapMemory(nint address, nuint byteCount, int protection, int flags, int file, nint offset);

    /// <summary>Linux's <c>stack_t</c> on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Description
    {
        public nint Start;
        public int Flags;
        public nuint ByteCount;
    }
}
