using TorchSharp;

namespace MnistML.Network;

/// <summary>The rule behind <see cref="MlpPrecision.Auto"/>.</summary>
internal static class AutoPrecision
{
    /// <summary>
    /// The number of weights in the largest layer from which bfloat16 pays. Below it, rounding and the start of each product cost what the
    /// products gain.
    /// </summary>
    public const long MinWeights = 1 << 15;

    /// <summary><see cref="MlpPrecision.Single"/> or <see cref="MlpPrecision.BFloat16"/>.</summary>
    /// <param name="wanted">What the user chose; a choice other than Auto is kept, on any processor.</param>
    /// <param name="architecture">The network.</param>
    /// <param name="device">The device that trains it; on CUDA Auto means Single.</param>
    /// <param name="hasFastBFloat16">Whether the processor multiplies faster in bfloat16.</param>
    public static MlpPrecision Choose(MlpPrecision wanted, MlpArchitecture architecture, DeviceType device, bool hasFastBFloat16)
    {
        if (wanted != MlpPrecision.Auto)
        {
            return wanted;
        }

        // The products of an ensemble are many and small.
        var largest = architecture.MemberCount > 1 ? 0 : architecture.Layers.Max(layer => layer.WeightCount);
        return hasFastBFloat16 && device == DeviceType.CPU && largest >= MinWeights
            ? MlpPrecision.BFloat16
            : MlpPrecision.Single;
    }
}
