using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MnistML.Idx;

/// <summary>Maps element types to .NET types, and converts values from and to the file's byte order.</summary>
internal static class IdxValues
{
    /// <summary>The .NET type of an element: Byte, SByte, Int16, Int32, Single or Double.</summary>
    public static Type TypeOf(IdxElementType elementType) => elementType switch
    {
        IdxElementType.UInt8 => typeof(byte),
        IdxElementType.Int8 => typeof(sbyte),
        IdxElementType.Int16 => typeof(short),
        IdxElementType.Int32 => typeof(int),
        IdxElementType.Single => typeof(float),
        IdxElementType.Double => typeof(double),
        _ => throw new ArgumentOutOfRangeException(nameof(elementType), elementType, "IDX has no such element type."),
    };

    /// <exception cref="NotSupportedException">IDX has no elements of that type.</exception>
    public static IdxElementType ElementTypeOf<T>() =>
        Enum.GetValues<IdxElementType>().Cast<IdxElementType?>().FirstOrDefault(elementType => TypeOf(elementType!.Value) == typeof(T))
        ?? throw new NotSupportedException($"IDX has no elements of {typeof(T)}; it has Byte, SByte, Int16, Int32, Single and Double.");

    /// <summary>Turns elements as the file holds them into values.</summary>
    public static void Decode<T>(ReadOnlySpan<byte> elements, Span<T> values)
        where T : unmanaged
    {
        elements.CopyTo(MemoryMarshal.AsBytes(values));
        ReverseBytes(values);
    }

    /// <summary>Turns values into elements as the file holds them, in place.</summary>
    public static ReadOnlySpan<byte> EncodeInPlace<T>(Span<T> values)
        where T : unmanaged
    {
        ReverseBytes(values);
        return MemoryMarshal.AsBytes(values);
    }

    private static void ReverseBytes<T>(Span<T> values)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian || Unsafe.SizeOf<T>() == sizeof(byte))
        {
            return;
        }

        switch (Unsafe.SizeOf<T>())
        {
            case sizeof(short):
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<T, short>(values), MemoryMarshal.Cast<T, short>(values));
                break;
            case sizeof(int):
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<T, int>(values), MemoryMarshal.Cast<T, int>(values));
                break;
            default:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<T, long>(values), MemoryMarshal.Cast<T, long>(values));
                break;
        }
    }
}
