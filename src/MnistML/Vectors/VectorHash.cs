using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MnistML.Vectors;

/// <summary>
/// Random bits as a function of a counter: the finaliser of MurmurHash3 (Appleby, 2011), for one value or sixteen at a time.
/// </summary>
internal static class VectorHash
{
    /// <summary>The golden ratio as a fraction of 2³²: counters that advance by it differ in all bits.</summary>
    public const uint Step = 0x9E3779B9;

    public static uint Scramble(uint value) => Scramble(Vector512.CreateScalar(value)).ToScalar();

    /// <summary>The first counter of a row: a function of the batch's seed, the layer and the row.</summary>
    public static uint KeyOf(ulong seed, int layer, int row) =>
        Scramble((Scramble((uint)seed + ((uint)layer * Step)) ^ (uint)(seed >> 32)) + ((uint)row * Step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Scramble(Vector512<uint> value)
    {
        value ^= value >> 16;
        value *= 0x85EBCA6Bu;
        value ^= value >> 13;
        value *= 0xC2B2AE35u;
        return value ^ (value >> 16);
    }
}
