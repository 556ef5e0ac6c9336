using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MnistML.Native;

/// <content>Windows and macOS.</content>
internal static partial class PhysicalCores
{
    /// <summary>LOGICAL_PROCESSOR_RELATIONSHIP: the processors of one core.</summary>
    private const int RelationProcessorCore = 0;

    /// <summary>
    /// Counts the cores in a list of SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, of which each begins with its relationship and its size.
    /// </summary>
    internal static int? CountIn(ReadOnlySpan<byte> records)
    {
        var count = 0;
        while (records.Length >= 2 * sizeof(int))
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(records[sizeof(int)..]);
            if (size < 2 * sizeof(int) || size > records.Length)
            {
                return null;
            }

            count += BinaryPrimitives.ReadInt32LittleEndian(records) == RelationProcessorCore ? 1 : 0;
            records = records[size..];
        }

        return count > 0 ? count : null;
    }

    private static int? CountOnWindows()
    {
        // The first call gives the size.
        var size = 0;
        GetLogicalProcessorInformationEx(RelationProcessorCore, null, ref size);
        var records = new byte[size];
        return size > 0 && GetLogicalProcessorInformationEx(RelationProcessorCore, records, ref size)
            ? CountIn(records.AsSpan(0, size))
            : null;
    }

    private static int? CountOnMacOS()
    {
        nint size = sizeof(int);
        return SystemControl("hw.physicalcpu\0"u8.ToArray(), out var count, ref size, 0, 0) == 0 && size == sizeof(int) && count > 0
            ? count
            : null;
    }

    [DllImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetLogicalProcessorInformationEx(int relationship, byte[]? records, ref int byteCount);

    [DllImport("libSystem", EntryPoint = "sysctlbyname")]
    private static extern int SystemControl(byte[] name, out int value, ref nint byteCount, nint newValue, nint newByteCount);
}
