using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>bfloat16, the upper half of a float32, held as <see cref="ushort"/>: .NET has no vector type for it.</summary>
internal static class BFloat16
{
    /// <summary>The width of a bfloat16, and of the half of a float32 that it drops.</summary>
    public const int Bits = 16;

    /// <summary>
    /// Just under half of the last kept bit. Where that bit is odd, one more is added, so that ties are rounded to even.
    /// </summary>
    private const uint AlmostHalf = 0x7FFF;

    private const uint NotANumber = 0x7FC0;

    public static float ToSingle(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << Bits);

    /// <summary>
    /// The nearest bfloat16 of each value, in the lower half of its lane. NaN is selected apart, since rounding could turn it into
    /// infinity.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Round(Vector512<float> values)
    {
        var bits = values.AsUInt32();
        var isOdd = (bits >> Bits) & Vector512<uint>.One;
        var rounded = (bits + Vector512.Create(AlmostHalf) + isOdd) >> Bits;
        return Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(NotANumber));
    }
}
