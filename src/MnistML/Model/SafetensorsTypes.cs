using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MnistML.Model;

/// <summary>Element types of safetensors files that convert to float32 exactly.</summary>
internal static class SafetensorsTypes
{
    public const string Single = "F32";

    private const string Half = "F16";
    private const string BFloat16 = "BF16";

    /// <summary>A bfloat16 is the upper half of a float32.</summary>
    private const int BFloat16Shift = 16;

    /// <summary>Bytes of an element of a type; null if the type does not convert exactly.</summary>
    public static int? SizeOf(string? type) => type switch
    {
        Single => sizeof(float),
        Half or BFloat16 => sizeof(ushort),
        _ => null,
    };

    /// <summary>Reads values of a type for which <see cref="SizeOf"/> gives a size.</summary>
    public static float[] Read(Stream stream, string type, long count)
    {
        var values = new float[count];
        if (type == Single)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        var bytes = new byte[count * sizeof(ushort)];
        stream.ReadExactly(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort)));
            values[i] = type == Half
                ? (float)BitConverter.UInt16BitsToHalf(bits)
                : BitConverter.UInt32BitsToSingle((uint)bits << BFloat16Shift);
        }

        return values;
    }
}
