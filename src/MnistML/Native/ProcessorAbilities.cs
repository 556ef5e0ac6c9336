using System.Runtime.Intrinsics.X86;

namespace MnistML.Native;

/// <summary>What the processor can do that .NET does not tell.</summary>
internal static class ProcessorAbilities
{
    /// <summary>
    /// Whether it multiplies bfloat16 numbers by instructions that libtorch uses: AVX512-BF16 or AMX-BF16, as the processor's identification says (Intel's
    /// manual, volume 2, CPUID, leaf 7). .NET's <see cref="Avx512F.IsSupported"/> vouches for the operating system's part.
    /// </summary>
    public static bool HasBFloat16Products { get; } = Avx512F.IsSupported && IdentifiesBFloat16();

    private static bool IdentifiesBFloat16()
    {
        const int Leaf = 7;
        const int AmxBit = 22;
        const int Avx512Bit = 5;
        var (lastSubleaf, _, _, features) = X86Base.CpuId(Leaf, 0);
        return (features >> AmxBit & 1) != 0 || (lastSubleaf >= 1 && (X86Base.CpuId(Leaf, 1).Eax >> Avx512Bit & 1) != 0);
    }
}
