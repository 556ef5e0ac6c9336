using System.Runtime.Intrinsics.X86;

namespace MnistML.Native;

/// <summary>Abilities of the processor that .NET does not report.</summary>
internal static class ProcessorAbilities
{
    private const int FeaturesLeaf = 7;
    private const int AmxBit = 22;
    private const int TileBit = 24;
    private const int Avx512Bit = 5;

    /// <summary>The last registers of leaf 0, which spell the maker's name: <c>AuthenticAMD</c>.</summary>
    private static readonly (int Ebx, int Ecx, int Edx) Amd = (0x68747541, 0x444d4163, 0x69746e65);

    /// <summary>
    /// Whether libtorch multiplies faster in bfloat16 than in float32: with AMX-BF16, and on AMD's processors with AVX512-BF16, according
    /// to CPUID leaf 7 (Intel's manual, volume 2). On Intel's, AVX512-BF16 alone makes no more products in a cycle than float32 does, and
    /// values must be rounded in addition. <see cref="Avx512F.IsSupported"/> also says that the operating system supports the registers.
    /// </summary>
    public static bool HasFastBFloat16 { get; } = Avx512F.IsSupported && IdentifiesFastBFloat16();

    /// <summary>Whether it has tile registers, AMX-TILE, according to the same leaf.</summary>
    public static bool HasTileRegisters { get; } = X86Base.X64.IsSupported && (X86Base.CpuId(FeaturesLeaf, 0).Edx >> TileBit & 1) != 0;

    private static bool IdentifiesFastBFloat16()
    {
        var (lastSubleaf, _, _, features) = X86Base.CpuId(FeaturesLeaf, 0);
        return (features >> AmxBit & 1) != 0
            || (IsOfAmd() && lastSubleaf >= 1 && (X86Base.CpuId(FeaturesLeaf, 1).Eax >> Avx512Bit & 1) != 0);
    }

    private static bool IsOfAmd()
    {
        var (_, ebx, ecx, edx) = X86Base.CpuId(0, 0);
        return (ebx, ecx, edx) == Amd;
    }
}
