using System.Runtime.Intrinsics.X86;

namespace MnistML.Native;

/// <summary>Abilities of the processor that .NET does not report.</summary>
internal static class ProcessorAbilities
{
    private const int FeaturesLeaf = 7;
    private const int AmxBit = 22;
    private const int TileBit = 24;
    private const int Avx512Bit = 5;

    /// <summary>
    /// Whether it has the bfloat16 instructions that libtorch uses, AVX512-BF16 or AMX-BF16, according to CPUID leaf 7 (Intel's manual,
    /// volume 2). <see cref="Avx512F.IsSupported"/> also says that the operating system supports the registers.
    /// </summary>
    public static bool HasBFloat16Products { get; } = Avx512F.IsSupported && IdentifiesBFloat16();

    /// <summary>Whether it has tile registers, AMX-TILE, according to the same leaf.</summary>
    public static bool HasTileRegisters { get; } = X86Base.X64.IsSupported && (X86Base.CpuId(FeaturesLeaf, 0).Edx >> TileBit & 1) != 0;

    private static bool IdentifiesBFloat16()
    {
        var (lastSubleaf, _, _, features) = X86Base.CpuId(FeaturesLeaf, 0);
        return (features >> AmxBit & 1) != 0 || (lastSubleaf >= 1 && (X86Base.CpuId(FeaturesLeaf, 1).Eax >> Avx512Bit & 1) != 0);
    }
}
