using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>bfloat16, the upper half of a float32, as <see cref="ushort"/>: .NET has no type for it that vectors know.</summary>
internal static class BFloat16
{
    /// <summary>How far it stands above the lower half.</summary>
    public const int Bits = 16;

    /// <summary>What is added below the upper half is a little less than half of its last digit, and that much exactly where the digit is odd.</summary>
    private const uint AlmostHalf = 0x7FFF;

    private const uint NotANumber = 0x7FC0;

    public static float ToSingle(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << Bits);

    /// <summary>The nearest bfloat16 of each value, in the lower half of its place. NaN stays NaN, which rounding could make a number of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Round(Vector512<float> values)
    {
        var bits = values.AsUInt32();
        var isOdd = (bits >> Bits) & Vector512<uint>.One;
        var rounded = (bits + Vector512.Create(AlmostHalf) + isOdd) >> Bits;
        return Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(NotANumber));
    }
}
